using System.Net;
using System.Runtime.CompilerServices;
using RtcEnhance.Testing;
using RtcEnhance.Video;
using RtcEnhance.Vpx;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests;

[Collection(Alone.Name)]
public sealed class EnhancedSessionTests
{
    [Fact]
    public void UseRtcEnhance_WrongUse_Throws()
    {
        using var session = NewSession();
        var sink = new CountingSink();
        EnhancedSessionOptions[] wrong =
        [
            new() { AudioIndex = -1 },
            new() { VideoIndex = -1 },
            new() { AudioIndex = null },
            new() { OutputFormat = default },
            new() { VideoSink = sink },
            new() { VideoSink = sink, VideoDecoderFactory = static _ => new VpxDecoder(), VideoEnhancer = new() { Scale = 5 } },
            new() { VideoSink = sink, VideoDecoderFactory = static _ => new VpxDecoder(), Time = new ManualTimeProvider() },
            new() { AudioSink = new RecordingSink(), OutputFormat = new(48000, 2) },
        ];

        Assert.Throws<ArgumentNullException>(() => ((RTPSession)null!).UseRtcEnhance());
        foreach (EnhancedSessionOptions options in wrong)
            Assert.ThrowsAny<ArgumentException>(() => session.UseRtcEnhance(options));
    }

    [Fact]
    public void UseRtcEnhance_SecondTime_ThrowsUntilTheFirstIsDisposed()
    {
        using var session = NewSession();
        EnhancedSession first = session.UseRtcEnhance();

        Assert.Throws<InvalidOperationException>(() => session.UseRtcEnhance());
        using EnhancedSession other = session.UseRtcEnhance(new EnhancedSessionOptions { AudioIndex = 1 });
        first.Dispose();
        first.Dispose();

        using EnhancedSession second = session.UseRtcEnhance();
        Assert.Null(second.Audio.Receiver);
    }

    [Fact]
    public void UseRtcEnhance_ReorderBufferOrClosed_Throws()
    {
        using var session = NewSession();
        session.AudioStream.AddBuffer(TimeSpan.FromMilliseconds(60));
        Assert.Throws<InvalidOperationException>(() => session.UseRtcEnhance());
        session.AudioStream.RemoveBuffer(default);
        session.UseRtcEnhance();

        session.Close("test");

        Assert.Throws<InvalidOperationException>(() => session.UseRtcEnhance());
    }

    [Fact]
    public void GetAudio_BeforeAndAfterTheCall_IsSilence()
    {
        using var session = NewSession();
        EnhancedSession enhanced = session.UseRtcEnhance(new EnhancedSessionOptions { OutputFormat = new(16000, 2) });
        var block = new float[320];
        Array.Fill(block, 1f);

        enhanced.Audio.GetAudio(block);
        Assert.All(block, sample => Assert.Equal(0, sample));
        Assert.Throws<ArgumentException>(() => enhanced.Audio.GetAudio(new float[321]));

        session.Close("test");
        Array.Fill(block, 1f);
        enhanced.Audio.GetAudio(block);
        Assert.All(block, sample => Assert.Equal(0, sample));
        Assert.False(enhanced.Audio.TryReadTelephoneEvent(out _));
        Assert.Null(enhanced.Video);
    }

    [Fact]
    public void AudioOfVideoAlone_Throws()
    {
        using var session = NewSession();
        using EnhancedSession enhanced = session.UseRtcEnhance(new EnhancedSessionOptions
        {
            AudioIndex = null,
            VideoSink = new CountingSink(),
            VideoDecoderFactory = static _ => new VpxDecoder(),
        });

        Assert.Throws<InvalidOperationException>(() => enhanced.Audio);
        Assert.NotNull(enhanced.Video);
    }

    [Fact]
    public void AttachAndDetach_ManyTimesInACall_LeavesNothingBehind()
    {
        using Call call = Call.OverRtp(null, Call.Pcmu, Call.Vp8);
        AttachAndDetach(call.Receiver, 3, Options());
        int threads = ProcessResources.Threads();
        long memory = ProcessResources.ManagedBytes();

        WeakReference last = AttachAndDetach(call.Receiver, 1000, new EnhancedSessionOptions());
        WeakReference lastOfVideo = AttachAndDetach(call.Receiver, 100, Options());

        Assert.InRange(ProcessResources.ManagedBytes() - memory, long.MinValue, 4 << 20);
        Assert.False(last.IsAlive || lastOfVideo.IsAlive);
        Waiting.For(() => ProcessResources.Threads() <= threads + 3, "the threads end");
        using EnhancedSession still = call.Receiver.UseRtcEnhance();
        Assert.NotNull(still.Audio.Receiver);
    }

    [Fact]
    public void Calls_SetUpAndTornDown_LeaveNoMoreBehindThanSipSorceryAlone()
    {
        MakeCalls(5, withRtcEnhance: true);
        long bytes = ProcessResources.ManagedBytes();
        MakeCalls(50, withRtcEnhance: false);
        long control = Math.Max(0, ProcessResources.ManagedBytes() - bytes);
        (bytes, int threads, int handles) = (ProcessResources.ManagedBytes(), ProcessResources.Threads(), ProcessResources.Handles());

        List<WeakReference> ended = MakeCalls(50, withRtcEnhance: true);

        Assert.InRange(ProcessResources.ManagedBytes() - bytes, long.MinValue, control + (2 << 20));
        Assert.All(ended, static session => Assert.False(session.IsAlive));

        // The thread pool gives its threads up when it gets round to it.
        Waiting.For(() => ProcessResources.Threads() <= threads + 5, "the threads end");
        Waiting.For(() => ProcessResources.Handles() <= handles + 5, "the handles are closed");
    }

    [Fact]
    public void WebRtcCalls_SetUpAndTornDown_LeaveNoMoreBehindThanSipSorceryAlone()
    {
        const int Calls = 5;
        var decoders = new CountedDecoders();
        ShortCall.Run(2, decoders);
        long bytes = ProcessResources.ManagedBytes();
        ShortCall.Run(Calls, null);
        long control = Math.Max(0, ProcessResources.ManagedBytes() - bytes);
        (bytes, int threads, int handles) = (ProcessResources.ManagedBytes(), ProcessResources.Threads(), ProcessResources.Handles());

        List<WeakReference> ended = ShortCall.Run(Calls, decoders);

        // SIPSorcery lets go of its connections some time after their end.
        Waiting.For(
            () => ProcessResources.ManagedBytes() - bytes <= control + (2 << 20) && ended.All(static session => !session.IsAlive),
            "the memory is given back");
        Assert.InRange(decoders.Made, 2 * (Calls + 2), int.MaxValue);
        Assert.Equal(0, decoders.Alive);
        Waiting.For(() => ProcessResources.Threads() <= threads + 5, "the threads end");
        Waiting.For(() => ProcessResources.Handles() <= handles + 5, "the handles are closed");
    }

    private static RTPSession NewSession()
    {
        var session = new RTPSession(false, false, false, IPAddress.Loopback);
        session.addTrack(new MediaStreamTrack(Call.Pcmu));
        return session;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference AttachAndDetach(RTPSession session, int times, EnhancedSessionOptions options)
    {
        var last = new WeakReference(null);
        for (int i = 0; i < times; i++)
        {
            using EnhancedSession enhanced = session.UseRtcEnhance(options);
            enhanced.Audio.GetAudio(new float[480]);
            last.Target = enhanced;
        }

        return last;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> MakeCalls(int count, bool withRtcEnhance)
    {
        var ended = new List<WeakReference>();
        for (int i = 0; i < count; i++)
            ended.Add(MakeCall(withRtcEnhance));
        return ended;
    }

    /// <summary>With a packet received, so that a receiver was at work.</summary>
    private static WeakReference MakeCall(bool withRtcEnhance)
    {
        EnhancedSession? enhanced = null;
        long received = 0;
        using Call call = Call.OverRtp(receiver => enhanced = withRtcEnhance ? receiver.UseRtcEnhance(Options()) : null, Call.Pcmu, Call.Vp8);
        call.Receiver.OnRtpPacketReceivedByIndex += (_, _, _, _) => Interlocked.Increment(ref received);
        call.Sender.AudioStream.SendRtpRaw(new byte[160], 0, 0, 0, 0);
        Waiting.For(() => Volatile.Read(ref received) == 1, "the packet arrives");
        enhanced?.Audio.GetAudio(new float[4800]);
        return new WeakReference(enhanced);
    }

    private static EnhancedSessionOptions Options() => new()
    {
        VideoSink = new CountingSink(),
        VideoDecoderFactory = static _ => new VpxDecoder(),
        VideoEnhancer = new VideoEnhancerOptions { Method = UpscaleMethod.Bicubic },
    };
}
