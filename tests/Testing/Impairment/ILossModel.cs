namespace RtcEnhance.Testing;

/// <summary>
/// Says when the network loses packets, as a function of time alone: streams that share one model see the same outages.
/// One thread at a time.
/// </summary>
public interface ILossModel
{
    /// <summary>Whether a packet sent at this time is lost; the same time always has the same answer.</summary>
    /// <param name="sentAt">Time since the call began, not negative.</param>
    /// <returns>True for a lost packet.</returns>
    bool IsLost(TimeSpan sentAt);
}
