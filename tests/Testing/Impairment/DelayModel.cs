namespace RtcEnhance.Testing;

/// <summary>
/// One-way delays of a stream's packets: a base delay and jitter, whose successive values may be correlated. Equal seeds
/// give equal delays. One thread at a time.
/// </summary>
public sealed class DelayModel
{
    // A gamma variable of shape 2 is half the sum of four squared normals; squares of normals whose correlation is a have
    // the correlation a * a.
    private const int Normals = 4;

    private static readonly double LogNormalDeviation = Math.Sqrt((Math.E - 1) * Math.E);

    private readonly double[] _normals = new double[Normals];
    private readonly double _baseMs;
    private readonly double _jitterMs;
    private readonly DelayDistribution _distribution;
    private readonly double _memory;
    private SplitMix64 _random;
    private bool _started;

    /// <summary>A delay process.</summary>
    /// <param name="baseDelay">Delay without jitter, 0 to 10 s.</param>
    /// <param name="jitter">Standard deviation of the delay, 0 to 10 s.</param>
    /// <param name="distribution">How the delay spreads.</param>
    /// <param name="correlation">Correlation between successive packets, 0 to 0.999.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public DelayModel(TimeSpan baseDelay, TimeSpan jitter, DelayDistribution distribution, double correlation, int seed)
    {
        if (baseDelay < TimeSpan.Zero || baseDelay > TimeSpan.FromSeconds(10))
            throw new ArgumentOutOfRangeException(nameof(baseDelay), baseDelay, "The base delay is 0 to 10 s.");
        if (jitter < TimeSpan.Zero || jitter > TimeSpan.FromSeconds(10))
            throw new ArgumentOutOfRangeException(nameof(jitter), jitter, "The jitter is 0 to 10 s.");
        if (!(correlation is >= 0 and <= 0.999))
            throw new ArgumentOutOfRangeException(nameof(correlation), correlation, "The correlation is 0 to 0.999.");
        if (!Enum.IsDefined(distribution))
            throw new ArgumentOutOfRangeException(nameof(distribution), distribution, "The distribution is Gamma, Normal or LogNormal.");

        _baseMs = baseDelay.TotalMilliseconds;
        _jitterMs = jitter.TotalMilliseconds;
        _distribution = distribution;
        _memory = distribution switch
        {
            DelayDistribution.Gamma => Math.Sqrt(correlation),
            // Exponentials of normals whose correlation is a have the correlation (e^a - 1) / (e - 1).
            DelayDistribution.LogNormal => Math.Log(1 + (correlation * (Math.E - 1))),
            _ => correlation,
        };
        _random = new SplitMix64(seed, 0x64656C61);
    }

    /// <summary>The next packet's delay.</summary>
    /// <returns>Zero or more.</returns>
    public TimeSpan Next()
    {
        double fresh = _started ? Math.Sqrt(1 - (_memory * _memory)) : 1;
        double kept = _started ? _memory : 0;
        _started = true;
        double sumOfSquares = 0;
        for (int i = 0; i < Normals; i++)
        {
            _normals[i] = (kept * _normals[i]) + (fresh * _random.NextGaussian());
            sumOfSquares += _normals[i] * _normals[i];
        }

        double excess = _distribution switch
        {
            DelayDistribution.Gamma => sumOfSquares / 2 / Math.Sqrt(2),
            DelayDistribution.LogNormal => Math.Exp(_normals[0]) / LogNormalDeviation,
            _ => _normals[0],
        };
        return TimeSpan.FromMilliseconds(Math.Max(0, _baseMs + (_jitterMs * excess)));
    }
}
