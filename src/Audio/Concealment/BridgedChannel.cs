using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// One channel of a neural concealment at the stream's own rate: the classical continuation, plus what the network makes
/// different below 8 kHz. The network runs at 16 kHz over the past and the classical continuation, carried there in phase;
/// only the difference is carried back. So nothing is delayed, what lies above the network's band goes on classically, and
/// where the network has faded the classical continuation is left, to the sample. One thread at a time.
/// </summary>
internal sealed class BridgedChannel
{
    private const int Step = ConcealmentNetwork.StepLength;
    private const int CoreBlock = 2 * Step;
    private const int Past = PastFeatures.PastLength;
    private const int MostSteps = 3;
    private const int LevelBlocks = 4;
    private const int LagWindow = 192;

    // The concealment's samples may lie this far above those it continues: below the network's rate less, for between clipped
    // samples at 8 kHz the wave goes on rising.
    private const float Headroom = 1.2f;
    private const float NarrowHeadroom = 1.05f;

    // So long after a loss's begin the last difference has been played.
    private const int Over = NeuralChannel.GoneSamples + (2 * CoreBlock);

    private readonly int _block;
    private readonly int _rateHz;
    private readonly ConcealedChannel _classical;
    private readonly NeuralChannel _network;
    private readonly RateBridge _bridge;
    private readonly float[] _stream;
    private readonly float[] _core;
    private readonly float[] _difference;
    private readonly float[] _step = new float[Step];
    private readonly float[] _added;
    private readonly int _now;
    private readonly int _differenceNow;
    private int _steps;
    private int _at;
    private float _limit;

    internal BridgedChannel(AudioFormat format, PitchSearch pitch, int tailLength, ConcealmentWeights weights, PastFeatures features)
    {
        _block = format.SamplesPerBlock;
        _rateHz = format.SampleRateHz;
        _bridge = new RateBridge(_rateHz, tailLength);
        _now = (Past * _block / CoreBlock) + _bridge.StreamReach;
        _classical = new ConcealedChannel(format, pitch, tailLength, _now);
        _network = new NeuralChannel(weights, features, pitch.MaxLag * CoreBlock / _block);
        _stream = new float[_now + (2 * _block)];
        _core = new float[Past + (2 * CoreBlock) - _bridge.CoreReach];
        _differenceNow = _bridge.CoreReach;
        _difference = new float[_differenceNow + (MostSteps * Step)];
        _added = new float[tailLength];
    }

    /// <summary>What was played at the stream's rate, newest last.</summary>
    internal ReadOnlySpan<float> History => _classical.History;

    /// <summary>Energy of the last 40 ms played.</summary>
    internal float Energy => InnerProduct.Energy(_classical.History[^(LevelBlocks * _block)..]);

    /// <summary>Fits the classical model to the past: a loss begins. Two blocks of <see cref="LookAhead"/> are to follow.</summary>
    internal void Begin(int lag)
    {
        _classical.Begin(lag);
        _classical.History[^_now..].CopyTo(_stream.AsSpan(2 * _block));
        _difference.AsSpan().Clear();
        _steps = 0;
        float peak = 0;
        foreach (float sample in _classical.History[^(LevelBlocks * _block)..])
            peak = Math.Max(peak, Math.Abs(sample));
        _limit = Math.Min(1, (_block < CoreBlock ? NarrowHeadroom : Headroom) * peak);
        _at = Over;
    }

    /// <summary>Makes the classical continuation a block longer.</summary>
    internal void LookAhead(PitchTrack pitch, int lostBlocks)
    {
        _stream.AsSpan(_block).CopyTo(_stream);
        _classical.Conceal(_stream.AsSpan(_now + _block), pitch.Lag, pitch.Voicing, lostBlocks);
    }

    /// <summary>Carries past and continuation to the network's rate, and measures the past.</summary>
    /// <returns>Features for <see cref="BeginNetwork"/>, until another channel measures.</returns>
    internal ReadOnlySpan<float> Measure()
    {
        _bridge.ToCore(_stream, _bridge.StreamReach, _core);
        return _network.Measure(_core.AsSpan(0, Past));
    }

    /// <summary>Lets the network take part.</summary>
    /// <param name="features">What <see cref="Measure"/> gave.</param>
    /// <param name="lag">Period of the past in samples of the stream.</param>
    /// <param name="correlation">How alike its cycles are, 0 to 1.</param>
    /// <param name="lostBlocks">Blocks of the loss that another stage made.</param>
    internal void BeginNetwork(ReadOnlySpan<float> features, int lag, float correlation, int lostBlocks)
    {
        if (lostBlocks >= NeuralChannel.GoneSamples / CoreBlock)
            return;
        _at = lostBlocks * CoreBlock;
        _network.Begin(_core.AsSpan(0, Past), features, CoreLag(lag), correlation, _at);
    }

    /// <summary>Moves on by a block, of which the continuation has been made.</summary>
    internal void MoveOn()
    {
        _difference.AsSpan(CoreBlock).CopyTo(_difference);
        _difference.AsSpan(_difference.Length - CoreBlock).Clear();
        _steps -= 2;
        if (_at >= Over)
            return;
        _core.AsSpan(CoreBlock).CopyTo(_core);
        _bridge.ToCore(_stream, _now + _block - _bridge.StreamReach, _core.AsSpan(_core.Length - CoreBlock));
    }

    /// <summary>Writes what follows the past at the stream's rate, at most a merge's tail.</summary>
    internal void Generate(Span<float> output)
    {
        ReadOnlySpan<float> plain = _stream.AsSpan(_now, output.Length);
        if (_at >= Over)
        {
            plain.CopyTo(output);
            return;
        }

        int core = ((output.Length * CoreBlock) + _block - 1) / _block;
        while (_steps * Step < core + _bridge.CoreReach)
            MakeStep();
        Span<float> added = _added.AsSpan(0, output.Length);
        _bridge.FromCore(_difference, _differenceNow, added);
        for (int i = 0; i < output.Length; i++)
            output[i] = Math.Clamp(plain[i] + added[i], -_limit, _limit);
    }

    /// <summary>Appends one channel of an interleaved block to the past.</summary>
    internal void Append(ReadOnlySpan<float> block, int channel, int channels) => _classical.Append(block, channel, channels);

    /// <summary>Lets the newest block, which was not concealed, count for the background.</summary>
    internal void ObserveBackground() => _classical.ObserveBackground();

    internal void Reset()
    {
        _classical.Reset();
        _network.Reset();
    }

    private void MakeStep()
    {
        if (_at < NeuralChannel.GoneSamples)
        {
            int place = Past + (_steps * Step);
            _network.Generate(_step, _core.AsSpan(place - NeuralChannel.SourceBefore, NeuralChannel.SourceLength));
            Span<float> difference = _difference.AsSpan(_differenceNow + (_steps * Step), Step);
            for (int i = 0; i < Step; i++)
                difference[i] = _step[i] - _core[place + i];
        }

        _steps++;
        _at += Step;
    }

    // A lag at half the network's rate is known to two of its samples only.
    private int CoreLag(int lag)
    {
        if (_block >= CoreBlock)
            return ((lag * CoreBlock) + (_block / 2)) / _block;
        int coarse = lag * CoreBlock / _block;
        ReadOnlySpan<float> end = _core.AsSpan(Past - LagWindow, LagWindow);
        (int Lag, float Likeness) best = (coarse, float.NegativeInfinity);
        for (int candidate = coarse - 1; candidate <= coarse + 1; candidate++)
        {
            ReadOnlySpan<float> earlier = _core.AsSpan(Past - LagWindow - candidate, LagWindow);
            float likeness = InnerProduct.Sum(end, earlier) / MathF.Sqrt(InnerProduct.Energy(earlier) + 1e-12f);
            if (likeness > best.Likeness)
                best = (candidate, likeness);
        }

        return best.Lag;
    }
}
