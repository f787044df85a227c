using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Loopback;

namespace RtcEnhance.Browser.Receiving;

/// <summary>Pulls 10 ms blocks as a sound card would and keeps them. Its results may be read at any time.</summary>
internal sealed class PlayoutThread : IDisposable
{
    public const int RateHz = 48000;
    private const int BlockSamples = RateHz / 100;

    private readonly IAudioSource _source;
    private readonly List<float> _played = new(60 * RateHz);
    private readonly List<long> _pulls = new(6000);
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public PlayoutThread(IAudioSource source)
    {
        _source = source;
        _thread = new Thread(Run) { Name = "playout", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Blocks pulled so far.</summary>
    public int Blocks
    {
        get
        {
            lock (_lock)
                return _pulls.Count;
        }
    }

    /// <summary>When each block was pulled, in ticks of <see cref="TimeProvider.System"/>.</summary>
    public IReadOnlyList<long> CopyPulls()
    {
        lock (_lock)
            return [.. _pulls];
    }

    /// <summary>What was played from one block to before another, 48 kHz mono.</summary>
    public float[] CopyPlayed(int from, int to)
    {
        lock (_lock)
            return _played.GetRange(from * BlockSamples, (to - from) * BlockSamples).ToArray();
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run()
    {
        var block = new float[BlockSamples];
        long start = Stopwatch.GetTimestamp();
        for (TimeSpan at = TimeSpan.Zero; !_stopping; at += TimeSpan.FromMilliseconds(10))
        {
            RealTime.WaitUntil(start, at);
            long now = TimeProvider.System.GetTimestamp();
            _source.GetAudio(block);
            lock (_lock)
            {
                _pulls.Add(now);
                _played.AddRange(block);
            }
        }
    }
}
