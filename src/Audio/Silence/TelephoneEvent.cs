namespace RtcEnhance.Audio;

/// <summary>
/// A key press or another named event of the telephone (RFC 4733), told once and whole, when it is over. Thread-safe: a
/// value.
/// </summary>
public readonly record struct TelephoneEvent
{
    private const string Keys = "0123456789*#ABCD";

    /// <summary>Event code of IANA's registry: 0 to 15 are the keys, 16 is a hook flash.</summary>
    public required byte Code { get; init; }

    /// <summary>The key: '0' to '9', '*', '#' or 'A' to 'D'; null for events that are no keys.</summary>
    public char? Key => Code < Keys.Length ? Keys[Code] : null;

    /// <summary>Level of the tone in dBm0: 0 down to -63; it says something for keys only.</summary>
    public required int VolumeDbm0 { get; init; }

    /// <summary>How long it lasted, as far as is known.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>RTP timestamp of its start.</summary>
    public required uint RtpTimestamp { get; init; }

    /// <summary>Whether its end was received; else it was lost and <see cref="Duration"/> is what was heard of.</summary>
    public required bool IsEnd { get; init; }
}
