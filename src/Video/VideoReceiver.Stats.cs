namespace RtcEnhance.Video;

public sealed partial class VideoReceiver
{
    /// <summary>The counters now.</summary>
    /// <returns>A consistent snapshot.</returns>
    public VideoReceiverStats GetStats()
    {
        lock (_lock)
        {
            double ticksPerSecond = _time.TimestampFrequency;
            long expected = _expectedOfFormerStreams + (_assembler?.ExpectedPackets ?? 0);
            long unsupported = 0;
            long torn = 0;
            foreach (FrameAssembler? assembler in _assemblers)
            {
                unsupported += assembler?.UnsupportedPackets ?? 0;
                torn += assembler?.FramesDropped ?? 0;
            }

            return new VideoReceiverStats
            {
                PacketsReceived = _counters.PacketsReceived,
                PacketsLost = Math.Max(0, expected - _counters.UniquePackets),
                Jitter = _jitter.Jitter.TotalSeconds,
                PacketsDiscarded = _counters.TooLate,
                DuplicatePackets = _counters.Duplicates,
                PacketsMalformed = _counters.Malformed,
                PacketsUnsupported = unsupported,
                UnknownPayloadTypePackets = _counters.UnknownPayloadType,
                BytesReceived = _counters.BytesReceived,
                HeaderBytesReceived = _counters.HeaderBytesReceived,
                FramesReceived = _counters.FramesReceived,
                FramesDecoded = _counters.FramesDecoded,
                KeyFramesDecoded = _counters.KeyFramesDecoded,
                FramesDropped = _counters.FramesDroppedInQueue + _counters.FramesUndecodable + torn,
                FramesAssembledFromMultiplePackets = _counters.MultiPacketFrames,
                TotalAssemblyTime = _counters.AssemblyTicks / ticksPerSecond,
                TotalDecodeTime = _counters.DecodeTicks / ticksPerSecond,
                TotalProcessingDelay = _counters.ProcessingTicks / ticksPerSecond,
                QpSum = _counters.QpSum,
                PliCount = _counters.KeyFrameRequests,
                FrameWidth = _counters.FrameWidth,
                FrameHeight = _counters.FrameHeight,
                PicturesDelivered = _counters.PicturesDelivered,
                CorruptFrames = _counters.CorruptFrames,
                DecoderFaults = _counters.DecoderFaults,
                CallbackFaults = _counters.CallbackFaults,
                DecoderImplementation = _counters.DecoderName,
            };
        }
    }

    private struct Counters
    {
        public long PacketsReceived;
        public long UniquePackets;
        public long Duplicates;
        public long TooLate;
        public long Malformed;
        public long UnknownPayloadType;
        public long BytesReceived;
        public long HeaderBytesReceived;
        public long FramesReceived;
        public long MultiPacketFrames;
        public long AssemblyTicks;
        public long FramesDroppedInQueue;
        public long FramesUndecodable;
        public long FramesDecoded;
        public long KeyFramesDecoded;
        public long DecodeTicks;
        public long ProcessingTicks;
        public long QpSum;
        public long KeyFrameRequests;
        public int FrameWidth;
        public int FrameHeight;
        public long PicturesDelivered;
        public long CorruptFrames;
        public long DecoderFaults;
        public long CallbackFaults;
        public string? DecoderName;
    }
}
