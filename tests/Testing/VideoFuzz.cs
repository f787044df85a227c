using RtcEnhance.Video;

namespace RtcEnhance.Testing;

/// <summary>Feeds random, altered and cut-off video payloads to a receiver. Thread-safe.</summary>
public static class VideoFuzz
{
    private const int MaxBytes = 1200;

    /// <summary>Runs a receiver over seeded packets; an exception means that it is wrong.</summary>
    /// <param name="count">Packets.</param>
    /// <param name="seed">The same seed gives the same packets.</param>
    /// <returns>The receiver's counters at the end.</returns>
    /// <exception cref="InvalidOperationException">The counters do not add up.</exception>
    public static VideoReceiverStats Run(int count, int seed)
    {
        var random = new Random(seed);
        var options = new VideoReceiverOptions
        {
            PayloadTypes = new Dictionary<byte, VideoCodec> { [96] = VideoCodec.Vp8, [102] = VideoCodec.H264, [98] = VideoCodec.Vp9, [45] = VideoCodec.Av1 },
            OwnThread = false,
            Time = new ManualTimeProvider(),
        };
        using var receiver = new VideoReceiver(options, _ => new NullDecoder(), new NullSink());
        var good = new List<RtpPacket>();
        var vp8 = new Vp8Packetizer(1);
        var h264 = new H264Packetizer(1);
        var vp9 = new Vp9Packetizer(1);
        var av1 = new Av1Packetizer(1);
        byte[] frame = new byte[4000];
        for (int i = 0; i < count; i++)
        {
            if (good.Count == 0)
            {
                random.NextBytes(frame);
                ReadOnlySpan<byte> part = frame.AsSpan(0, random.Next(1, frame.Length));
                switch (random.Next(4))
                {
                    case 0:
                        vp8.Packetize(part, (uint)(i * 3000), i, good);
                        break;
                    case 1:
                        h264.Packetize([0, 0, 0, 1, .. part], (uint)(i * 3000), i, good);
                        break;
                    case 2:
                        vp9.Packetize(part, part[0] % 2 == 0, (uint)(i * 3000), i, good);
                        break;
                    default:
                        // A sequence header of one byte and a frame.
                        av1.Packetize([0x0A, 1, 0, 0x30, .. part], (uint)(i * 3000), i, good);
                        break;
                }
            }

            receiver.InsertPacket(Mutate(good[0], random, i));
            good.RemoveAt(0);
            while (random.Next(3) != 0 && receiver.RunDecodeStep())
            {
            }
        }

        VideoReceiverStats stats = receiver.GetStats();
        if (stats.PacketsReceived + stats.UnknownPayloadTypePackets != count || stats.FramesDecoded > stats.FramesReceived)
            throw new InvalidOperationException($"Seed {seed}: the counters do not add up: {stats}");
        return stats;
    }

    private static RtpPacket Mutate(in RtpPacket packet, Random random, long tick)
    {
        byte[] payload = packet.Payload.ToArray();
        ushort sequence = packet.SequenceNumber;
        uint timestamp = packet.Timestamp;
        byte payloadType = packet.PayloadType;
        bool marker = packet.Marker;
        switch (random.Next(10))
        {
            case 0:
                payload = new byte[random.Next(MaxBytes)];
                random.NextBytes(payload);
                break;
            case 1:
                payload = payload[..random.Next(payload.Length)];
                break;
            case 2 or 3:
                payload[random.Next(Math.Min(payload.Length, 8))] ^= (byte)(1 << random.Next(8));
                break;
            case 4:
                sequence += (ushort)random.Next(-3, 4);
                break;
            case 5:
                sequence = random.Next(20) == 0 ? (ushort)random.Next(65536) : sequence;
                timestamp += (uint)random.Next(2);
                break;
            case 6:
                marker = !marker;
                payloadType = (byte)(random.Next(10) == 0 ? random.Next(256) : payloadType);
                break;
            default:
                break;
        }

        uint ssrc = random.Next(500) == 0 ? (uint)random.Next(3) : packet.Ssrc;
        return new RtpPacket(ssrc, sequence, timestamp, payloadType, marker, tick * 10_000, payload);
    }

    private sealed class NullDecoder : IVideoDecoder
    {
        public string Name => "null";

        public VideoDecodeStatus Decode(in EncodedVideoFrame frame)
            => frame.Data.Length % 7 == 0 ? VideoDecodeStatus.Corrupt : VideoDecodeStatus.Ok;

        public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture)
        {
            picture = null;
            return false;
        }

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class NullSink : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame) => frame.Dispose();
    }
}
