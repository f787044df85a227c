using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

/// <summary>The enhancer's own thread: order, races of start, stop and disposal, and nothing left behind.</summary>
public class VideoEnhancerThreadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static VideoFrame Frame(VideoFramePool pool, uint number)
    {
        VideoFrame frame = pool.Rent(8, 6)!;
        frame.RtpTimestamp = number;
        return frame;
    }

    [Fact]
    public void Frames_FromManyThreads_ComeOutInOrderAndAreAllAccountedFor()
    {
        const int Submitters = 3, PerSubmitter = 1000;
        var pool = new VideoFramePool(64);
        var sink = new OrderSink();
        VideoEnhancer enhancer = new(sink);
        var turn = new Lock();
        uint number = 0;
        var submitters = new Thread[Submitters];
        for (int i = 0; i < Submitters; i++)
        {
            submitters[i] = new Thread(() =>
            {
                for (int k = 0; k < PerSubmitter; k++)
                {
                    lock (turn)
                        enhancer.Submit(Frame(pool, number++));
                    Thread.Yield();
                }
            });
            submitters[i].Start();
        }

        foreach (Thread submitter in submitters)
            submitter.Join();
        enhancer.Dispose();

        InboundVideoStats stats = enhancer.GetStats();
        Assert.True(sink.InOrder);
        Assert.Equal(Submitters * PerSubmitter, stats.FramesReceived);
        Assert.Equal(stats.FramesReceived, stats.FramesRendered + stats.FramesDropped);
        Assert.Equal(sink.Count, stats.FramesRendered);
        Assert.Equal((0, 0, false), (pool.Rented, enhancer.Pool.Rented, enhancer.WorkerIsAlive));
    }

    [Fact]
    public void LastFrame_WithNoneAfterIt_IsDelivered()
    {
        var pool = new VideoFramePool();
        using var delivered = new SemaphoreSlim(0);
        using var enhancer = new VideoEnhancer(new ActionSink(_ => delivered.Release()));

        for (int i = 0; i < 20; i++)
        {
            enhancer.Submit(Frame(pool, (uint)i));
            Assert.True(delivered.Wait(Patience));
        }

        Assert.Equal((20, 0), (enhancer.GetStats().FramesRendered, enhancer.GetStats().FramesDropped));
    }

    [Fact]
    public void Dispose_WithinTheSinksCallback_ReturnsAndEndsTheThread()
    {
        var pool = new VideoFramePool();
        using var disposed = new ManualResetEventSlim();
        VideoEnhancer? enhancer = null;
        enhancer = new VideoEnhancer(new ActionSink(_ =>
        {
            enhancer!.Submit(Frame(pool, 2));
            enhancer.Dispose();
            disposed.Set();
        }));

        enhancer.Submit(Frame(pool, 1));

        Assert.True(disposed.Wait(Patience));
        enhancer.Dispose();
        Assert.False(enhancer.WorkerIsAlive);
        Assert.Equal((1, 1), (enhancer.GetStats().FramesRendered, enhancer.GetStats().FramesDropped));
        Assert.Equal((0, 0), (pool.Rented, enhancer.Pool.Rented));
    }

    [Fact]
    public void Dispose_WhileTheSinkIsBusy_WaitsForIt()
    {
        var pool = new VideoFramePool();
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        bool left = false;
        var enhancer = new VideoEnhancer(new ActionSink(_ =>
        {
            entered.Set();
            leave.Wait(Patience);
            left = true;
        }));
        enhancer.Submit(Frame(pool, 1));
        Assert.True(entered.Wait(Patience));

        var disposer = new Thread(enhancer.Dispose);
        disposer.Start();
        leave.Set();
        disposer.Join();

        Assert.True(left);
        Assert.False(enhancer.WorkerIsAlive);
    }

    [Fact]
    public void ThousandEnhancers_DisposedWhileFed_LeaveNoThreadAndNoPicture()
    {
        var pool = new VideoFramePool(64);
        var sink = new ActionSink(_ => { });
        var current = new VideoEnhancer[1];
        bool stop = false;
        var feeder = new Thread(() =>
        {
            for (uint i = 0; !Volatile.Read(ref stop); i++)
            {
                Volatile.Read(ref current[0])?.Submit(Frame(pool, i));
                Thread.Yield();
            }
        });
        feeder.Start();

        int alive = 0, rented = 0;
        for (int i = 0; i < 1000; i++)
        {
            var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions { Method = UpscaleMethod.Bilinear });
            Volatile.Write(ref current[0], enhancer);
            var second = i % 10 == 0 ? new Thread(enhancer.Dispose) : null;
            second?.Start();
            enhancer.Dispose();
            second?.Join();
            alive += enhancer.WorkerIsAlive ? 1 : 0;
            rented += enhancer.Pool.Rented;
        }

        Volatile.Write(ref stop, true);
        feeder.Join();
        InboundVideoStats last = current[0].GetStats();
        long unaccounted = last.FramesReceived - last.FramesRendered - last.FramesDropped;
        Assert.Equal((0, 0, 0), (alive, rented, unaccounted));
        Assert.Equal(0, pool.Rented);
    }

    private sealed class ActionSink(Action<VideoFrame> action) : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame)
        {
            frame.Dispose();
            action(frame);
        }
    }

    private sealed class OrderSink : IVideoFrameSink
    {
        private long _last = -1;

        public bool InOrder { get; private set; } = true;

        public int Count { get; private set; }

        public void OnFrame(VideoFrame frame)
        {
            InOrder &= frame.RtpTimestamp > _last;
            _last = frame.RtpTimestamp!.Value;
            Count++;
            frame.Dispose();
        }
    }
}
