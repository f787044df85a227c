using RtcEnhance.Testing;
using Xunit.Abstractions;
namespace RtcEnhance.Audio.Tests.Receiver;
public class ZTemp(ITestOutputHelper output)
{
    private sealed class Log : IPlayoutLog { public List<PlayoutStep> Steps = []; public void OnBlock(in PlayoutStep step) => Steps.Add(step); }
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Freeze(int n)
    {
        var log = new Log();
        using var call = new CallHarness(o => new AudioReceiverOptions { Time = o.Time, OutputFormat = new AudioFormat(8000), PlayoutLog = log, Decoders = o.Decoders, Enhancement = o.Enhancement });
        if (n == 1) call.Run(200, i => i < 100 ? 0 : 300);
        else
        {
        ushort seq = 0; uint ts = 0; var b = new float[80]; double due = 0;
        void Send() { var p = new byte[20]; call.Receiver.InsertPacket(new RtpPacket(1, seq++, ts, 0, false, call.Clock.GetTimestamp(), p)); ts += 20; }
        void Pull(int n) { for (int i = 0; i < n; i++) { call.Receiver.GetAudio(b); call.Clock.Advance(TimeSpan.FromMilliseconds(10)); } }
        for (int block = 0; block < 3000; block++)
        {
            for (; due <= block * 10; due += 20 / 8.0)
                Send();
            Pull(1);
        }
        }
        PlayoutStep last = default;
        for (int i = 0; i < log.Steps.Count; i++) { var s = log.Steps[i]; if (s.Operation != last.Operation || i % 50 == 0 || n == 1 && (i > 204 && i < 270)) output.WriteLine($"{n} {i} {s}"); last = s; }
    }
}
