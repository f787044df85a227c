namespace RtcEnhance.Video;

/// <summary>
/// Enlarges a picture band by band with a preferred upscaler and, when the deadline nears, the rest of it with a
/// cheaper one, so that the frame is not late. The cost of a row is learned from earlier bands and frames. Without a
/// deadline the result is the preferred upscaler's. One thread at a time.
/// </summary>
public sealed class BandedUpscaler : IStage<SuperResolutionJob>, ISelfLimitingStage, IDisposable
{
    // The preferred upscaler's last rows fade into the other one's over this many luma rows.
    private const int BlendRows = 4;

    // Weight of the newest measurement in the learned cost; a slower one counts in full.
    private const double Smoothing = 0.125;

    // A pause of the machine in one band must not look like the cost of all: nothing counts as more than this many
    // times the usual cost, and a nanosecond a pixel, so that a cost of zero can grow too.
    private const double MostGrowth = 4;
    private const double LeastGrowth = 1e-9;

    // A cost measured longer ago says nothing: after a break the machine may be another one.
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(0.5);

    private readonly IStage<SuperResolutionJob> _preferred;
    private readonly IRowBandUpscaler _preferredBands;
    private readonly IRowBandUpscaler _finisherBands;
    private readonly int _rowsPerBand;
    private readonly TimeProvider _time;
    private readonly JointBlend _blend = new(BlendRows);
    private PixelCost _preferredCost;
    private PixelCost _finisherCost;
    private long _preferredMeasuredAt;
    private long _finisherMeasuredAt;
    private bool _hasDeadline;

    /// <summary>A banded upscaler.</summary>
    /// <param name="preferred">Makes the picture while time allows; one of this library's upscalers.</param>
    /// <param name="finisher">Makes the rest; a cheaper one of this library's upscalers.</param>
    /// <param name="rowsPerBand">Target rows between two looks at the clock: even, 2 to 16384.</param>
    /// <param name="time">The clock that costs are measured with.</param>
    /// <exception cref="ArgumentException">An upscaler cannot work band by band.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rowsPerBand"/> is odd or outside its range.</exception>
    public BandedUpscaler(
        IStage<SuperResolutionJob> preferred, IStage<SuperResolutionJob> finisher, int rowsPerBand, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(preferred);
        ArgumentNullException.ThrowIfNull(finisher);
        ArgumentNullException.ThrowIfNull(time);
        if (rowsPerBand is < 2 or > VideoFramePool.MaxDimension || rowsPerBand % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(rowsPerBand), rowsPerBand, $"A band has an even number of rows, 2 to {VideoFramePool.MaxDimension}.");
        _preferredBands = preferred as IRowBandUpscaler
            ?? throw new ArgumentException($"The upscaler '{preferred.Name}' cannot work band by band.", nameof(preferred));
        _finisherBands = finisher as IRowBandUpscaler
            ?? throw new ArgumentException($"The upscaler '{finisher.Name}' cannot work band by band.", nameof(finisher));
        if (ReferenceEquals(preferred, finisher))
            throw new ArgumentException("The finisher must be another instance than the preferred upscaler.", nameof(finisher));
        _preferred = preferred;
        Finisher = finisher;
        _rowsPerBand = rowsPerBand;
        _time = time;
    }

    /// <summary>The preferred upscaler's name.</summary>
    public string Name => _preferred.Name;

    /// <summary>What finishes late pictures.</summary>
    public IStage<SuperResolutionJob> Finisher { get; }

    /// <summary>What the machine's pauses tell; shared by upscalers that take turns.</summary>
    internal PauseForecast Pauses { get; init; } = new();

    TimeSpan? ISelfLimitingStage.UnshortenedCost => UnshortenedCost;

    /// <summary>What the last frame would have cost without the finisher; null where it did without.</summary>
    internal TimeSpan? UnshortenedCost { get; private set; }

    /// <summary>
    /// Writes the whole target. Adds to <see cref="SuperResolutionJob.RowsFinishedByFallback"/> the luma rows that the
    /// finisher made.
    /// </summary>
    /// <param name="job">The work.</param>
    /// <exception cref="ArgumentException">Source and target have different layouts.</exception>
    public void Process(scoped ref SuperResolutionJob job)
    {
        int height = job.Target.Height;
        int width = job.Target.Width;
        long begun = _time.GetTimestamp();
        if (_time.GetElapsedTime(_preferredMeasuredAt, begun) > Stale)
            _preferredCost = default;
        if (_time.GetElapsedTime(_finisherMeasuredAt, begun) > Stale)
            _finisherCost = default;

        // A picture that nothing waits for, made ready on another thread, tells nothing.
        TimeSpan timeLeft = job.Deadline.Remaining();
        _hasDeadline = timeLeft < TimeSpan.MaxValue;
        if (_hasDeadline)
            Pauses.BeginFrame(_time, begun, timeLeft);
        PixelCost usual = _preferredCost;
        UnshortenedCost = null;
        _preferredBands.Begin(ref job);

        // Prepared with every frame: the first frame that is late must not allocate as well.
        _finisherBands.Begin(ref job);
        _blend.Prepare(job.Target);
        int row = 0;
        while (row < height && (!_hasDeadline || FitsAnotherBand(job.Deadline.Remaining() - Pauses.Reserve, row, height, width)))
        {
            int end = Math.Min(row + _rowsPerBand, height);
            long started = _time.GetTimestamp();
            _preferredBands.ProcessRows(ref job, row, end);
            _preferredMeasuredAt = _time.GetTimestamp();
            Learn(ref _preferredCost, started, _preferredMeasuredAt, (long)(end - row) * width);
            row = end;
        }

        if (row == height)
            return;

        // By the cost that was usual before: a pause in one band says nothing of the others. One that has
        // not come yet is still to be expected.
        TimeSpan taken = _time.GetElapsedTime(begun);
        double perPixel = usual.IsKnown ? usual.SecondsPerPixel : _preferredCost.SecondsPerPixel;
        if (row > 0)
            perPixel = Math.Min(perPixel, taken.TotalSeconds / ((double)row * width));
        UnshortenedCost = taken + TimeSpan.FromSeconds(perPixel * (height - row) * width) + Pauses.StillExpected;

        // A cost that keeps the preferred upscaler out is never measured again; let it fade until a band is tried.
        if (row == 0)
            _preferredCost.Fade();
        Finish(ref job, row, height, width);
    }

    /// <inheritdoc/>
    public void Observe(scoped in SuperResolutionJob job)
    {
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _preferred.Reset();
        Finisher.Reset();
        _blend.Reset();
    }

    /// <summary>Disposes both upscalers where they can be.</summary>
    public void Dispose()
    {
        (_preferred as IDisposable)?.Dispose();
        (Finisher as IDisposable)?.Dispose();
    }

    // A band is begun only if the finisher can still make all the rows below it in time. A finisher never seen is taken
    // to cost what the preferred upscaler costs, which is on the safe side.
    private bool FitsAnotherBand(TimeSpan timeLeft, int row, int height, int width)
    {
        int bandRows = Math.Min(_rowsPerBand, height - row);
        double finisher = _finisherCost.IsKnown ? _finisherCost.SecondsPerPixel : _preferredCost.SecondsPerPixel;
        double rest = height - row - bandRows;
        double needed = ((bandRows * _preferredCost.SecondsPerPixel) + (rest * finisher)) * width;
        return timeLeft.TotalSeconds >= needed;
    }

    private void Finish(scoped ref SuperResolutionJob job, int row, int height, int width)
    {
        int joint = Math.Max(row - BlendRows, 0);
        long started = _time.GetTimestamp();
        _blend.Keep(job.Target, joint, row);
        _finisherBands.ProcessRows(ref job, joint, height);
        _blend.Fade(job.Target, joint, row);
        _finisherMeasuredAt = _time.GetTimestamp();
        Learn(ref _finisherCost, started, _finisherMeasuredAt, (long)(height - joint) * width);
        job.RowsFinishedByFallback += height - row;
    }

    private void Learn(ref PixelCost cost, long started, long ended, long pixels)
    {
        TimeSpan taken = _time.GetElapsedTime(started, ended);
        TimeSpan pause = taken - TimeSpan.FromSeconds(cost.SecondsPerPixel * pixels);
        if (cost.IsKnown && _hasDeadline)
            Pauses.Add(pause, ended);
        cost.Add(taken, pixels);
    }

    private struct PixelCost
    {
        public double SecondsPerPixel { get; private set; }

        public bool IsKnown { get; private set; }

        public void Add(TimeSpan time, long pixels)
        {
            double cost = time.TotalSeconds / pixels;
            if (IsKnown)
                cost = Math.Min(cost, (MostGrowth * SecondsPerPixel) + LeastGrowth);
            double weight = !IsKnown || cost > SecondsPerPixel ? 1 : Smoothing;
            SecondsPerPixel += weight * (cost - SecondsPerPixel);
            IsKnown = true;
        }

        public void Fade() => SecondsPerPixel /= 2;
    }
}
