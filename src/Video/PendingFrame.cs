namespace RtcEnhance.Video;

/// <summary>A submitted frame on its way to the worker. One thread at a time.</summary>
internal readonly struct PendingFrame : IDisposable
{
    private readonly int _generation;

    public PendingFrame(VideoFrame frame, long submittedAt, TimeSpan interval, TimeSpan budget, Deadline deadline)
        : this(frame, frame.Generation, submittedAt, interval, budget, deadline)
    {
    }

    private PendingFrame(VideoFrame frame, int generation, long submittedAt, TimeSpan interval, TimeSpan budget, Deadline deadline)
    {
        Frame = frame;
        SubmittedAt = submittedAt;
        Interval = interval;
        Budget = budget;
        Deadline = deadline;
        _generation = generation;
    }

    public VideoFrame Frame { get; }

    /// <summary>When it was submitted, or let go where it was held.</summary>
    public long SubmittedAt { get; }

    /// <summary>The stream's frame interval; zero where it is not known yet.</summary>
    public TimeSpan Interval { get; }

    public TimeSpan Budget { get; }

    public Deadline Deadline { get; }

    /// <summary>False once someone who did not own it any more gave it back.</summary>
    public bool IsOwned => Frame.Generation == _generation && Frame.IsRented;

    /// <summary>The same frame, let go at a later time.</summary>
    public PendingFrame After(long releasedAt, Deadline deadline) => new(Frame, _generation, releasedAt, Interval, Budget, deadline);

    /// <summary>Gives the frame back, unless someone who did not own it any more did so before.</summary>
    public void Dispose()
    {
        if (Frame.Generation == _generation)
            Frame.Dispose();
    }
}
