using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Sends packets of 20 ms through a real call, in step with a virtual clock: each has arrived before the next 20 ms are pulled.</summary>
internal sealed class AudioCallDriver(Call call, EnhancedSession session, ManualTimeProvider time, int payloadType, int ticksPerPacket)
{
    /// <summary>Soon before the wrap.</summary>
    public const int FirstSequenceNumber = 65500;

    private readonly List<float> _played = [];
    private long _sent;
    private int _next;

    public float[] Played => [.. _played];

    public int Lost { get; private set; }

    public void Send(byte[][] packets, Func<int, bool> isLost)
    {
        var block = new float[960];
        foreach (byte[] payload in packets)
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            if (isLost(_next))
            {
                Lost++;
            }
            else
            {
                call.Sender.AudioStream.SendRtpRaw(payload, (uint)(_next * ticksPerPacket), _next == 0 ? 1 : 0, payloadType, (ushort)(FirstSequenceNumber + _next));
                _sent++;
                Waiting.For(() => session.Audio.GetStats().PacketsReceived == _sent, $"packet {_next} arrives");
            }

            _next++;
            session.Audio.GetAudio(block);
            _played.AddRange(block);
        }
    }

    /// <summary>Highest correlation of what was played with what was sent, over the delays that a call may have.</summary>
    public double BestCorrelation(float[] sent48KHz)
    {
        float[] played = Played;
        double best = 0;
        for (int delay = 0; delay < 24000; delay += 4)
        {
            double both = 0, one = 0, other = 0;
            for (int i = 0; i + delay < Math.Min(played.Length, sent48KHz.Length); i += 7)
            {
                both += played[i + delay] * sent48KHz[i];
                one += played[i + delay] * played[i + delay];
                other += sent48KHz[i] * sent48KHz[i];
            }

            best = Math.Max(best, both / Math.Sqrt((one * other) + 1e-12));
        }

        return best;
    }

    public InboundAudioStats Stats => session.Audio.GetStats();
}
