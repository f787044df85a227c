using System.Runtime.CompilerServices;
using RtcEnhance.Audio.Tests.Receiver;
using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 21: receivers are made, disposed and raced.</summary>
public class Item21LifetimeTests
{
    [Fact]
    public void Item21_AThousandReceivers_LeaveNothingBehind()
    {
        int made = 0;
        var decoders = new List<ScriptedDecoder>();
        WeakReference[] receivers = [.. Enumerable.Range(0, 1000).Select(_ => UseOne(() =>
        {
            made++;
            decoders.Add(new ScriptedDecoder());
            return decoders[^1];
        }))];

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.Equal(1000, made);
        Assert.All(decoders, decoder => Assert.Equal(1, decoder.Disposals));
        Assert.InRange(receivers.Count(receiver => receiver.IsAlive), 0, 1);
    }

    [Fact]
    public async Task Item21_InsertPullStatsAndDisposeRace_NothingThrows()
    {
        for (int round = 0; round < 30; round++)
        {
            var receiver = new AudioReceiver(Options(() => new G711Decoder(G711Law.MuLaw)));
            using var start = new ManualResetEventSlim();
            Task[] workers =
            [
                Task.Run(() => Insert(receiver, start)),
                Task.Run(() => Pull(receiver, start)),
                Task.Run(() => Pull(receiver, start)),
                Task.Run(() => ReadStats(receiver, start)),
                Task.Run(() =>
                {
                    start.Wait();
                    Thread.SpinWait(round * 2000);
                    receiver.Dispose();
                    receiver.Dispose();
                }),
            ];
            start.Set();

            await Task.WhenAll(workers);
            Assert.Equal(InsertResult.TooLate, receiver.InsertPacket(Packet(0)));
        }
    }

    [Fact]
    public void Item21_DisposedWithinItsOwnCallbacks_EndsInSilence()
    {
        foreach (Callback callback in Enum.GetValues<Callback>())
        {
            var disposer = new Disposer(callback);
            AudioReceiver receiver = disposer.Receiver = new AudioReceiver(Options(() => disposer, disposer, disposer));
            var block = new float[80];
            for (int i = 0; i < 20; i++)
            {
                receiver.InsertPacket(Packet(i));
                receiver.GetAudio(block);
                receiver.GetAudio(block);
            }

            Assert.True(disposer.IsDone, $"{callback}");
            Assert.False(block.AsSpan().ContainsAnyExcept(0f), $"{callback}");
        }
    }

    private static AudioReceiverOptions Options(Func<IAudioDecoder> decoder, PipelineObserver? observer = null, IPlayoutLog? log = null) => new()
    {
        Time = new ManualTimeProvider(),
        OutputFormat = new AudioFormat(8000),
        Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = decoder },
        Observer = observer,
        PlayoutLog = log,
    };

    private static RtpPacket Packet(int number) => new(1, (ushort)number, (uint)(number * 160), 0, false, 0, new byte[160]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseOne(Func<IAudioDecoder> decoder)
    {
        using var receiver = new AudioReceiver(Options(decoder));
        var block = new float[80];
        for (int i = 0; i < 10; i++)
        {
            receiver.InsertPacket(Packet(i));
            receiver.GetAudio(block);
            receiver.GetAudio(block);
        }

        return new WeakReference(receiver);
    }

    private static void Insert(AudioReceiver receiver, ManualResetEventSlim start)
    {
        start.Wait();
        for (int i = 0; i < 2000; i++)
            receiver.InsertPacket(Packet(i));
    }

    private static void Pull(AudioReceiver receiver, ManualResetEventSlim start)
    {
        var block = new float[80];
        start.Wait();
        for (int i = 0; i < 500; i++)
            receiver.GetAudio(block);
    }

    private static void ReadStats(AudioReceiver receiver, ManualResetEventSlim start)
    {
        start.Wait();
        for (int i = 0; i < 500; i++)
        {
            InboundAudioStats stats = receiver.GetStats();
            Assert.Equal(stats.TotalSamplesReceived, Origins.Sum(stats));
        }
    }

    private enum Callback
    {
        Decode,
        FormatChanged,
        Log,
    }

    /// <summary>Disposes the receiver out of one of the calls that the receiver makes.</summary>
    private sealed class Disposer(Callback callback) : PipelineObserver, IAudioDecoder, IPlayoutLog
    {
        public AudioReceiver? Receiver { get; set; }

        public bool IsDone { get; private set; }

        public string Name => "disposer";

        public AudioFormat Format { get; } = new(8000);

        public int RtpClockRateHz => 8000;

        public int MaxSamplesPerPacket => 960;

        public int GetSampleCount(ReadOnlySpan<byte> payload) => payload.Length;

        public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
        {
            samples[..payload.Length].Fill(0.5f);
            Dispose(Callback.Decode);
            return payload.Length;
        }

        public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples) => 0;

        public int Conceal(Span<float> samples) => 0;

        public void OnBlock(in PlayoutStep step) => Dispose(Callback.Log);

        public void Reset()
        {
        }

        public void Dispose()
        {
        }

        protected override void OnFormatChanged(string source, string format) => Dispose(Callback.FormatChanged);

        private void Dispose(Callback at)
        {
            if (at != callback)
                return;
            Receiver!.Dispose();
            IsDone = true;
        }
    }
}
