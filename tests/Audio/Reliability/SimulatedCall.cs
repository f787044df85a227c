using System.Buffers.Binary;
using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>
/// A call on a virtual clock: a sender of any codec and packet time, whose packets leave when their last sample is
/// spoken, a network that a test scripts, and a device that pulls every 10 ms. What must hold after every pull is
/// checked after every pull.
/// </summary>
internal sealed class SimulatedCall : IDisposable, IPlayoutLog
{
    public const byte Pcmu = 0;
    public const byte Pcma = 8;
    public const byte G722 = 9;
    public const byte ComfortNoise = 13;
    public const byte L16Wide = 96;
    public const byte L16Stereo = 97;
    public const byte Pausing = 100;
    public const byte Events = 101;

    /// <summary>What the tone moves by from one sample to the next, at 8 kHz, and as much again.</summary>
    public const float ClickBound = 0.16f;

    private const double ToneHz = 200;
    private const float ToneLevel = 0.4f;

    private readonly PriorityQueue<RtpPacket, (long Arrival, long Order)> _network = new();
    private readonly G711Encoder _muLaw = new(G711Law.MuLaw);
    private readonly G711Encoder _aLaw = new(G711Law.ALaw);
    private readonly G722Encoder _g722 = new();
    private double _spokenMs;
    private double _nextSendMs;
    private long _order;
    private float[] _block;

    public SimulatedCall(AudioFormat? output = null, PlayoutDelayOptions? delay = null, int capacity = 400)
    {
        AudioFormat format = output ?? new AudioFormat(8000);
        Receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Time = Clock,
            OutputFormat = format,
            PacketBufferCapacity = capacity,
            ExtendBandwidth = false,
            Enhancement = new EnhancementOptions { PlayoutDelay = delay ?? new PlayoutDelayOptions() },
            TelephoneEvents = new Dictionary<byte, int> { [Events] = 8000 },
            PlayoutLog = this,
            Decoders = new Dictionary<byte, Func<IAudioDecoder>>
            {
                [Pcmu] = () => new G711Decoder(G711Law.MuLaw),
                [Pcma] = () => new G711Decoder(G711Law.ALaw),
                [G722] = () => new G722Decoder(),
                [L16Wide] = () => new L16Decoder(48000),
                [L16Stereo] = () => new L16Decoder(48000, 2),
                [Pausing] = () => new PausingDecoder(),
            },
        });
        _block = new float[format.BlockLength];
    }

    /// <summary>The playout delay is fixed: nothing is stretched.</summary>
    public static PlayoutDelayOptions Fixed(int ms) => new()
    {
        StartDelay = TimeSpan.FromMilliseconds(ms),
        MinimumDelay = TimeSpan.FromMilliseconds(ms),
        MaximumDelay = TimeSpan.FromMilliseconds(ms),
    };

    public ManualTimeProvider Clock { get; } = new();

    public AudioReceiver Receiver { get; }

    public List<float> Played { get; } = [];

    public List<PlayoutStep> Steps { get; } = [];

    public InboundAudioStats Stats => Receiver.GetStats();

    /// <summary>What the sender speaks; it starts each time with a fresh encoder.</summary>
    public byte PayloadType
    {
        get;
        set
        {
            field = value;
            _g722.Reset();
        }
    }

    public int PacketMs { get; set; } = 20;

    public uint Ssrc { get; set; } = 1;

    public ushort Sequence { get; set; }

    public uint Timestamp { get; set; }

    /// <summary>False while the sender is silent: time goes on, and nothing is sent.</summary>
    public bool IsTalking { get; set; } = true;

    /// <summary>RTP clock units that a packet of 20 ms at 8 kHz moves the timestamp by, less 160: a sender's mistake.</summary>
    public int ExtraTicks { get; set; }

    /// <summary>How fast the sender's clock runs against the device's.</summary>
    public double SenderRate { get; set; } = 1;

    /// <summary>A packet's delay in ms by its number; null for a lost one.</summary>
    public Func<long, double?> Delay { get; set; } = _ => 0;

    /// <summary>Packets sent so far, lost ones included.</summary>
    public long Sent { get; private set; }

    /// <summary>Samples per channel that the device pulls every 10 ms.</summary>
    public int PullSamples
    {
        get => _block.Length / Receiver.OutputFormat.Channels;
        set => _block = new float[value * Receiver.OutputFormat.Channels];
    }

    public void OnBlock(in PlayoutStep step) => Steps.Add(step);

    /// <summary>Lets the call go on.</summary>
    public void Run(int ms)
    {
        for (int elapsed = 0; elapsed < ms; elapsed += 10)
        {
            Deliver();
            Pull();
            Clock.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    /// <summary>Time goes on for sender and network, and nobody pulls.</summary>
    public void Stall(int ms)
    {
        for (int elapsed = 0; elapsed < ms; elapsed += 10)
        {
            Deliver();
            Clock.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    /// <summary>Puts a packet of the stream on its way beside the sender's own: comfort noise, an event, a forgery.</summary>
    public void Send(byte payloadType, byte[] payload, uint? timestamp = null, double delayMs = 0)
        => Enqueue(new RtpPacket(Ssrc, Sequence++, timestamp ?? Timestamp, payloadType, false, 0, payload), Clock.Elapsed.TotalMilliseconds + delayMs);

    /// <summary>Delivers a copy of a packet; its number counts from the first one sent.</summary>
    public void Enqueue(in RtpPacket packet, double arrivalMs)
    {
        long arrival = (long)(arrivalMs * TimeSpan.TicksPerMillisecond);
        _network.Enqueue(
            new RtpPacket(packet.Ssrc, packet.SequenceNumber, packet.Timestamp, packet.PayloadType, packet.Marker, arrival, packet.Payload),
            (arrival, _order++));
    }

    /// <summary>Called for each packet of the sender before the network decides about it.</summary>
    public Action<RtpPacket>? OnSent { get; set; }

    /// <summary>The largest step between neighbouring samples from a sample on; the first channel.</summary>
    public float LargestStep(int from = 0)
    {
        int channels = Receiver.OutputFormat.Channels;
        float largest = 0;
        for (int i = from + channels; i < Played.Count; i += channels)
            largest = Math.Max(largest, Math.Abs(Played[i] - Played[i - channels]));
        return largest;
    }

    /// <summary>Longest run of 5 ms pieces, periods of the tone, that hardly hold a sound, in ms.</summary>
    public int LongestSilenceMs(int from)
    {
        int piece = Receiver.OutputFormat.BlockLength / 2;
        int run = 0, longest = 0;
        for (int i = from; i + piece <= Played.Count; i += piece)
        {
            float peak = 0;
            for (int n = i; n < i + piece; n++)
                peak = Math.Max(peak, Math.Abs(Played[n]));
            run = peak < 0.02f ? run + 5 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    public void Dispose() => Receiver.Dispose();

    private void Deliver()
    {
        double now = Clock.Elapsed.TotalMilliseconds;
        while (_nextSendMs <= now)
        {
            Speak();
            _nextSendMs += PacketMs / SenderRate;
        }

        while (_network.TryPeek(out RtpPacket packet, out (long Arrival, long Order) at) && at.Arrival <= Clock.GetTimestamp())
        {
            _network.Dequeue();
            Receiver.InsertPacket(packet);
        }
    }

    private void Pull()
    {
        _block.AsSpan().Fill(float.NaN);
        Receiver.GetAudio(_block);
        Played.AddRange(_block);
        foreach (float sample in _block)
        {
            if (!(Math.Abs(sample) <= 1))
                Assert.Fail($"A sample is {sample} after {Clock.Elapsed}.");
        }

        InboundAudioStats stats = Stats;
        long frames = Played.Count / Receiver.OutputFormat.Channels;
        Assert.Equal(stats.TotalSamplesReceived, Origins.Sum(stats));
        Assert.InRange(stats.TotalSamplesReceived - frames, 0, Receiver.OutputFormat.SamplesPerBlock - 1);
    }

    private void Speak()
    {
        (int rateHz, int channels, int ticksPerMs) = PayloadType switch
        {
            G722 => (16000, 1, 8),
            L16Wide => (48000, 1, 48),
            L16Stereo => (48000, 2, 48),
            _ => (8000, 1, 8),
        };
        if (IsTalking)
        {
            var samples = new float[rateHz / 1000 * PacketMs * channels];
            for (int i = 0; i < samples.Length; i++)
                samples[i] = ToneLevel * MathF.Sin((float)(2 * Math.PI * ToneHz / 1000 * ((_spokenMs + (i / channels * 1000.0 / rateHz)) % 1000)));
            var packet = new RtpPacket(Ssrc, Sequence++, Timestamp, PayloadType, false, 0, Encode(samples));
            OnSent?.Invoke(packet);
            if (Delay(Sent++) is { } delay)
                Enqueue(packet, _nextSendMs + delay);
        }

        _spokenMs += PacketMs;
        Timestamp += (uint)((PacketMs * ticksPerMs) + ExtraTicks);
    }

    private byte[] Encode(float[] samples)
    {
        var payload = new byte[2 * samples.Length];
        switch (PayloadType)
        {
            case Pcmu or Pausing:
                return payload[.._muLaw.Encode(samples, payload)];
            case Pcma:
                return payload[.._aLaw.Encode(samples, payload)];
            case G722:
                return payload[.._g722.Encode(samples, payload)];
            default:
                for (int i = 0; i < samples.Length; i++)
                    BinaryPrimitives.WriteInt16BigEndian(payload.AsSpan(2 * i), (short)(samples[i] * short.MaxValue));
                return payload;
        }
    }
}
