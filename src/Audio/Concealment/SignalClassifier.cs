namespace RtcEnhance.Audio;

/// <summary>
/// Tells music, noise and tones from speech at the begin of a loss. Of a received block only the energy is noted: speech
/// has many quiet blocks among loud ones. The rest is seen in the spectra that the network is given. In doubt it is
/// speech. One thread at a time.
/// </summary>
internal sealed class SignalClassifier
{
    private const int LongestBlocks = 200;
    private const int LeastBlocks = 50;

    // A quiet block has less than a quarter of the mean energy.
    private const float Quiet = 0.25f;

    // A line between music and speech, clean and noisy, from ten pieces of music and sixty clips of speech; on others
    // models/training/plc/classifier.py measures it. One loss alone tells little; the mean over the last ones does.
    private const float QuietWeight = -1.29f;
    private const float ChangeWeight = -1.18f;
    private const float FlatnessWeight = -0.26f;
    private const float PersistenceWeight = 1.26f;
    private const float Threshold = 0.6f;
    private const float FirstMargin = 0.31f;
    private const int Memory = 7;

    private const float ToneFlatness = -3;
    private const float NoiseFlatness = -1;
    private const float NoiseQuiet = 0.05f;
    private const float NoiseCorrelation = 0.5f;

    private readonly float[] _energies = new float[LongestBlocks];
    private int _count;
    private int _next;
    private float _music;
    private int _losses;

    /// <summary>Notes a received block.</summary>
    internal void Observe(ReadOnlySpan<float> block)
    {
        float energy = InnerProduct.Energy(block);
        _energies[_next] = float.IsFinite(energy) ? energy : 0;
        _next = (_next + 1) % LongestBlocks;
        _count = Math.Min(_count + 1, LongestBlocks);
    }

    /// <summary>What the past is.</summary>
    /// <param name="past">Spectra of the past, as measured last.</param>
    /// <param name="correlation">How alike its last cycles are, 0 to 1.</param>
    internal SignalKind Classify(PastFeatures past, float correlation)
    {
        if (past.Flatness < ToneFlatness)
            return SignalKind.Tone;
        if (_count < LeastBlocks)
            return SignalKind.Speech;
        float quiet = QuietShare();
        if (quiet < NoiseQuiet && correlation < NoiseCorrelation && past.Flatness > NoiseFlatness)
            return SignalKind.Noise;
        float music = (QuietWeight * quiet) + (ChangeWeight * past.Change) + (FlatnessWeight * past.Flatness) + (PersistenceWeight * past.Persistence);
        _losses = Math.Min(_losses + 1, Memory);
        _music += (music - _music) / _losses;
        return _music > Threshold + (FirstMargin / _losses) ? SignalKind.Music : SignalKind.Speech;
    }

    /// <summary>Forgets what it heard.</summary>
    internal void Reset()
    {
        _count = 0;
        _next = 0;
        _losses = 0;
        _music = 0;
    }

    private float QuietShare()
    {
        ReadOnlySpan<float> energies = _energies.AsSpan(0, _count);
        float sum = 0;
        foreach (float energy in energies)
            sum += energy;
        int quiet = 0;
        foreach (float energy in energies)
            quiet += energy * _count < Quiet * sum ? 1 : 0;
        return (float)quiet / _count;
    }
}
