namespace RtcEnhance.Video;

/// <summary>Configuration of a <see cref="VideoReceiver"/>; copied when the receiver is made. Thread-safe.</summary>
public sealed class VideoReceiverOptions
{
    /// <summary>The codec of each RTP payload type; other payload types are refused.</summary>
    /// <value>Keys 0 to 127. Default: 96 is VP8, 102 is H.264.</value>
    public IReadOnlyDictionary<byte, VideoCodec> PayloadTypes { get; init; } = new Dictionary<byte, VideoCodec>
    {
        [96] = VideoCodec.Vp8,
        [102] = VideoCodec.H264,
    };

    /// <summary>Frames that may wait for the decoder.</summary>
    /// <value>1 to 256. Default: 8.</value>
    public int QueueLength { get; init; } = 8;

    /// <summary>Shortest time between two key-frame requests.</summary>
    /// <value>0 to 1 minute. Default: 500 ms.</value>
    public TimeSpan KeyFrameRequestInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long packets behind a missing one wait for it.</summary>
    /// <value>0 to 10 seconds. Default: 100 ms.</value>
    public TimeSpan ReorderWindow { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many sequence numbers behind a missing packet end the wait for it.</summary>
    /// <value>1 to 1024. Default: 128.</value>
    public int ReorderPackets { get; init; } = 128;

    /// <summary>
    /// Whether the receiver decodes on a thread of its own; where false the host calls
    /// <see cref="VideoReceiver.RunDecodeStep"/>, for example on a virtual clock.
    /// </summary>
    /// <value>Default: true.</value>
    public bool OwnThread { get; init; } = true;

    /// <summary>The clock of the packets' arrival ticks.</summary>
    /// <value>Default: the system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of key-frame requests, new picture sizes, flushes, decoder faults and callbacks that threw.</summary>
    /// <value>Default: null, nobody.</value>
    public PipelineObserver? Observer { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(PayloadTypes);
        ArgumentNullException.ThrowIfNull(Time);
        foreach ((byte payloadType, VideoCodec codec) in PayloadTypes)
        {
            if (payloadType > 127)
                throw new ArgumentException($"{nameof(PayloadTypes)} has {payloadType}; a payload type is 0 to 127.");
            if (!Enum.IsDefined(codec))
                throw new ArgumentException($"{nameof(PayloadTypes)} maps {payloadType} to {(int)codec}, which is no codec.");
        }

        if (QueueLength is < 1 or > 256)
            throw new ArgumentException($"{nameof(QueueLength)} is {QueueLength}; it must be 1 to 256.");
        if (KeyFrameRequestInterval < TimeSpan.Zero || KeyFrameRequestInterval > TimeSpan.FromMinutes(1))
            throw new ArgumentException($"{nameof(KeyFrameRequestInterval)} is {KeyFrameRequestInterval}; it must be 0 to 1 minute.");
        if (ReorderWindow < TimeSpan.Zero || ReorderWindow > TimeSpan.FromSeconds(10))
            throw new ArgumentException($"{nameof(ReorderWindow)} is {ReorderWindow}; it must be 0 to 10 seconds.");
        if (ReorderPackets is < 1 or > 1024)
            throw new ArgumentException($"{nameof(ReorderPackets)} is {ReorderPackets}; it must be 1 to 1024.");
    }
}
