namespace RtcEnhance.Audio;

/// <summary>
/// One 10 ms block of a stream at the codec's own rate, as the concealment stage sees it. Never stored.
/// Where <see cref="Received"/> is empty the block was lost and <see cref="Output"/> is to be invented (NetEq's
/// Expand); where it is not, the block is the first received one after a loss and <see cref="Output"/> is to lead from
/// the concealment into it (NetEq's Merge): within the block the output becomes equal to <see cref="Received"/>,
/// which is never moved in time.
/// </summary>
public ref struct ConcealmentJob
{
    /// <summary>What is played: [block samples x channels], interleaved, [-1, 1].</summary>
    public Span<float> Output { get; set; }

    /// <summary>The decoded block after a loss, same length as <see cref="Output"/>, or empty; may not alias it.</summary>
    public ReadOnlySpan<float> Received { get; set; }

    /// <summary>
    /// True where nothing was received for the block. Whoever hands the job out sets it, so that a stage that observes the
    /// block knows it from a received one and goes on with the fade where it takes over.
    /// </summary>
    public bool IsConcealed { get; set; }

    /// <summary>True where the block leads back from a concealment into received samples.</summary>
    public readonly bool IsMerge => !Received.IsEmpty;
}
