using System.Net;
using RtcEnhance.Testing;
using SIPSorcery.Media;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>SIPSorcery's own end points, which only take encoded frames.</summary>
public sealed class AudioSinkTests
{
    [Fact]
    public void VoIPMediaSession_EndPoint_GetsFinishedAudioUntilItIsDetached()
    {
        var time = new ManualTimeProvider();
        var endPoint = new RecordingSink();
        var receiver = new VoIPMediaSession(new MediaEndPoints { AudioSink = endPoint, AudioSource = endPoint }, IPAddress.Loopback);
        using Call call = Call.OverRtp(null, Call.Pcmu, receiver: receiver);
        EnhancedSession session = receiver.UseRtcEnhance(new EnhancedSessionOptions { Time = time });

        for (ushort i = 0; i < 10; i++)
        {
            call.Sender.AudioStream.SendRtpRaw(new byte[160], (uint)(160 * i), 0, 0, i);
            Waiting.For(() => session.Audio.GetStats().PacketsReceived == i + 1, "a packet arrives");
            time.Advance(TimeSpan.FromMilliseconds(20));
            Waiting.For(() => endPoint.Frames.Count >= i + 1, "the end point gets its 20 ms");
        }

        EncodedAudioFrame[] enhanced = [.. endPoint.Frames];
        session.Dispose();
        endPoint.Frames.Clear();
        call.Sender.AudioStream.SendRtpRaw(new byte[160], 1600, 0, 0, 10);
        Waiting.For(() => !endPoint.Frames.IsEmpty, "the end point gets packets again");

        Assert.All(enhanced, frame => Assert.Equal((AudioCodecsEnum.L16, 48000, 1920), (frame.AudioFormat.Codec, frame.AudioFormat.ClockRate, frame.EncodedAudio.Length)));
        Assert.True(endPoint.Frames.TryPeek(out EncodedAudioFrame? plain));
        Assert.Equal((AudioCodecsEnum.PCMU, 160), (plain.AudioFormat.Codec, plain.EncodedAudio.Length));
    }

    [Theory]
    [InlineData(10, 104)]
    [InlineData(40, 100)]
    [InlineData(200, 97)]
    public void AudioSinkDepth_Device_GetsMoreOrLessThanTheClockSays(int depthMs, int expected)
    {
        var time = new ManualTimeProvider();
        var endPoint = new RecordingSink();
        using var receiver = new RTPSession(false, false, false, IPAddress.Loopback);
        int asked = 0;
        using EnhancedSession session = receiver.UseRtcEnhance(new EnhancedSessionOptions
        {
            Time = time,
            AudioSink = endPoint,
            AudioSinkDepth = () =>
            {
                Interlocked.Increment(ref asked);
                return TimeSpan.FromMilliseconds(depthMs);
            },
        });

        // A correction after every 25 blocks; the last block that is held back would be the 101st.
        for (int i = 0; i < 100; i++)
        {
            if (i > 0)
                time.Advance(TimeSpan.FromMilliseconds(20));
            Waiting.For(() => Volatile.Read(ref asked) == i + 1, "20 ms are handed over");
        }

        Waiting.For(() => endPoint.Frames.Count >= expected, "the end point has its frames");
        Assert.Equal(expected, endPoint.Frames.Count);
    }

    [Fact]
    public void PassThroughEncoder_L16_IsUnpackedAndTheRestLeftToTheOther()
    {
        using var inner = new AudioEncoder(Call.Pcmu);
        var encoder = new L16PassThroughEncoder(inner);
        var linear = new AudioFormat(AudioCodecsEnum.L16, 118, 48000);

        Assert.Equal([1, -2, short.MinValue], encoder.DecodeAudio([0, 1, 0xFF, 0xFE, 0x80, 0], linear));
        Assert.Equal(inner.DecodeAudio([1, 2, 3], Call.Pcmu), encoder.DecodeAudio([1, 2, 3], Call.Pcmu));
        Assert.Equal(inner.EncodeAudio([5, 600], Call.Pcmu), encoder.EncodeAudio([5, 600], Call.Pcmu));
        Assert.Equal(inner.SupportedFormats, encoder.SupportedFormats);
        Assert.Throws<ArgumentNullException>(() => new L16PassThroughEncoder(null!));
    }
}
