namespace RtcEnhance;

/// <summary>
/// Port: an audio stream that can be made to wait for its picture, as the audio receiver is. No member throws or blocks;
/// each may be used from any thread.
/// </summary>
public interface IPlayoutDelay
{
    /// <summary>The stream's clock, fed with sender reports and with every block played.</summary>
    PlayoutClock PlayoutClock { get; }

    /// <summary>How much later than the fastest packets would allow the stream is played now.</summary>
    TimeSpan CurrentDelay { get; }

    /// <summary>
    /// What <see cref="CurrentDelay"/> is not to fall below; the stream nears it at its own pace, and takes more than it
    /// can do for the most that it can.
    /// </summary>
    TimeSpan MinimumDelay { get; set; }
}
