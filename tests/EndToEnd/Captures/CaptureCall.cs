using System.Buffers.Binary;
using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.EndToEnd.Tests.Captures;

/// <summary>
/// Writes a sender's script into a capture: speech in any codec and packet time, pauses, comfort noise and telephone
/// events, each packet sent when its last sample is spoken, and what the network does to it. Integers alone.
/// </summary>
internal sealed class CaptureCall(int seed)
{
    private const int SamplesPerMs = 8;

    private readonly short[] _voice = IntegerVoice.Create(seed, 60_000 * SamplesPerMs);
    private readonly G711Encoder _muLaw = new(G711Law.MuLaw);
    private readonly G711Encoder _aLaw = new(G711Law.ALaw);
    private readonly G722Encoder _g722 = new();
    private readonly List<(int Ms, byte[] Datagram)> _arrivals = [];
    private int _spokenMs;
    private int _sent;
    private bool _startsTalk = true;

    /// <summary>Seeded, for the network's script.</summary>
    public Random Random { get; } = new(seed);

    public uint Ssrc { get; set; } = 0x5EED0000u + (uint)seed;

    public ushort Sequence { get; set; }

    public uint Timestamp { get; set; }

    /// <summary>A packet's delay in ms by its number and the time it was sent; null for a lost one.</summary>
    public Func<int, int, int?> Network { get; set; } = (_, _) => 20;

    /// <summary>Whether a packet comes twice, by its number.</summary>
    public Func<int, bool> IsDoubled { get; set; } = _ => false;

    /// <summary>How much longer the sender's second is, in thousandths.</summary>
    public int SlownessPerMille { get; set; }

    /// <summary>What arrived, in order.</summary>
    public IEnumerable<(int Ms, byte[] Datagram)> Arrivals => _arrivals.OrderBy(arrival => arrival.Ms);

    /// <summary>Speaks; G.722's clock is 8 kHz as well (RFC 3551 section 4.5.2), and L16 is 8 kHz here.</summary>
    public void Speak(byte payloadType, int durationMs, int packetMs = 20)
    {
        for (int end = _spokenMs + durationMs; _spokenMs < end;)
        {
            byte[] payload = Encode(payloadType, _voice.AsSpan(_spokenMs * SamplesPerMs, packetMs * SamplesPerMs));
            _spokenMs += packetMs;
            Send(payloadType, payload, Timestamp, _startsTalk);
            Timestamp += (uint)(packetMs * SamplesPerMs);
            _startsTalk = false;
        }
    }

    /// <summary>Is silent; a level in -dBov says so at its beginning and every 400 ms (RFC 3389).</summary>
    public void Pause(int durationMs, byte? comfortNoiseLevel = null)
    {
        for (int elapsed = 0; elapsed < durationMs; elapsed += 20)
        {
            if (comfortNoiseLevel is { } level && elapsed % 400 == 0)
                Send(13, [level, 120, 130, 126], Timestamp, false);
            _spokenMs += 20;
            Timestamp += 20 * SamplesPerMs;
        }

        _startsTalk = true;
    }

    /// <summary>Presses a key for 100 ms: an update every 20 ms, the end three times (RFC 4733 section 2.5).</summary>
    public void PressKey(byte key)
    {
        for (int i = 1; i <= 7; i++)
        {
            int durationTicks = Math.Min(i, 5) * 20 * SamplesPerMs;
            Send(101, [key, (byte)(i >= 5 ? 0x8A : 0x0A), (byte)(durationTicks >> 8), (byte)durationTicks], Timestamp, i == 1);
            _spokenMs += i <= 5 ? 20 : 0;
        }

        Timestamp += 5 * 20 * SamplesPerMs;
        _startsTalk = true;
    }

    /// <summary>Sends a payload that something else encoded.</summary>
    public void SendEncoded(byte payloadType, byte[] payload, uint ticks, int durationMs)
    {
        _spokenMs += durationMs;
        Send(payloadType, payload, Timestamp, _sent == 0);
        Timestamp += ticks;
    }

    /// <summary>The next samples of the voice at 8 kHz, which <see cref="SendEncoded"/> then passes over.</summary>
    public ReadOnlySpan<short> Ahead(int durationMs) => _voice.AsSpan(_spokenMs * SamplesPerMs, durationMs * SamplesPerMs);

    private byte[] Encode(byte payloadType, ReadOnlySpan<short> samples)
    {
        switch (payloadType)
        {
            case 0 or 8:
                var narrow = new byte[samples.Length];
                (payloadType == 0 ? _muLaw : _aLaw).Encode(ToFloat(samples), narrow);
                return narrow;
            case 9:
                var wide = new byte[samples.Length];
                _g722.Encode(ToFloat(IntegerVoice.ToWideBand(samples)), wide);
                return wide;
            default:
                var linear = new byte[2 * samples.Length];
                for (int i = 0; i < samples.Length; i++)
                    BinaryPrimitives.WriteInt16BigEndian(linear.AsSpan(2 * i), samples[i]);
                return linear;
        }
    }

    private static float[] ToFloat(ReadOnlySpan<short> samples)
    {
        var floats = new float[samples.Length];
        for (int i = 0; i < samples.Length; i++)
            floats[i] = samples[i] / 32768f;
        return floats;
    }

    private void Send(byte payloadType, byte[] payload, uint timestamp, bool marker)
    {
        int number = _sent++;
        byte[] datagram = RtpDatagram.Build(new RtpPacket(Ssrc, Sequence++, timestamp, payloadType, marker, 0, payload));
        int sentAt = (int)((long)_spokenMs * (1000 + SlownessPerMille) / 1000);
        if (Network(number, sentAt) is not { } delay)
            return;
        _arrivals.Add((sentAt + delay, datagram));
        if (IsDoubled(number))
            _arrivals.Add((sentAt + delay + 7, datagram));
    }
}
