namespace RtcEnhance;

/// <summary>What a receiver did with a packet.</summary>
public enum InsertResult
{
    /// <summary>Kept.</summary>
    Accepted,

    /// <summary>Dropped: this sequence number came before.</summary>
    Duplicate,

    /// <summary>Dropped: its turn is over, it is of another stream than the one played, or the receiver is closed.</summary>
    TooLate,

    /// <summary>Kept, but everything that waited before it was thrown away.</summary>
    Flushed,

    /// <summary>Dropped: the payload type is not configured.</summary>
    UnknownPayloadType,

    /// <summary>Dropped: the payload breaks its format.</summary>
    Malformed,
}
