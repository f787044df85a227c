namespace RtcEnhance.Benchmarks.Playout;

/// <summary>Something that plays a call as it arrives.</summary>
public interface IPlayoutPolicy
{
    /// <summary>A packet arrived.</summary>
    /// <param name="packet">The packet.</param>
    void Insert(in ArrivedPacket packet);

    /// <summary>Plays 10 ms; the first pull is at time 0, each one <see cref="PlayoutCall.BlockMs"/> after the one before.</summary>
    /// <returns>What was played.</returns>
    PlayedBlock Pull();
}
