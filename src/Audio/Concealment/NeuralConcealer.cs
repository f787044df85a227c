using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// Loss concealment by a network that shapes the classical continuation, without added delay, at 16 kHz. What was played
/// is only stored; features, pitch and the network run with the first lost block. Many streams share a model. One
/// thread at a time.
/// </summary>
public sealed class NeuralConcealer : IStage<ConcealmentJob>
{
    /// <summary>The rate that the networks work at.</summary>
    public const int SampleRateHz = 16000;

    private readonly AudioFormat _format;
    private readonly PitchTrack _pitch;
    private readonly RecoveryMerge _merge;
    private readonly NeuralChannel[] _channels;
    private readonly float[] _mono;
    private readonly float[] _receivedMono;
    private readonly float[] _block;
    private readonly float[][] _tails;
    private int _lostBlocks;
    private int _blocksAhead;

    /// <summary>A concealer with an empty past, which conceals as silence.</summary>
    /// <param name="model">The network.</param>
    /// <param name="format">Rate and channels of the blocks; one block is 10 ms.</param>
    /// <param name="precision">Arithmetic of the network.</param>
    /// <exception cref="ArgumentException">The rate is not 16 kHz.</exception>
    public NeuralConcealer(ConcealmentModel model, AudioFormat format, InferencePrecision precision = InferencePrecision.EightBit)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (format.SampleRateHz != SampleRateHz)
            throw new ArgumentException($"The network runs at {SampleRateHz} Hz, not {format.SampleRateHz}.", nameof(format));
        _format = format;
        Name = model.Info.Id;
        _pitch = new PitchTrack(format.SampleRateHz);
        _merge = new RecoveryMerge(format);
        _block = new float[format.SamplesPerBlock];
        _receivedMono = new float[format.SamplesPerBlock];
        _channels = new NeuralChannel[format.Channels];
        _tails = new float[format.Channels][];
        var features = new PastFeatures();
        int steps = (_merge.TailLength - _merge.LargestShift + ConcealmentNetwork.StepLength - 1) / ConcealmentNetwork.StepLength;
        for (int c = 0; c < _channels.Length; c++)
        {
            _channels[c] = new NeuralChannel(format, _pitch.Search, _merge.TailLength, model.GetWeights(precision), features);
            _tails[c] = new float[_merge.LargestShift + (steps * ConcealmentNetwork.StepLength)];
        }
        _mono = new float[PastFeatures.PastLength];
    }

    /// <summary>The model's id.</summary>
    public string Name { get; }

    /// <summary>
    /// Writes one interleaved 10 ms block: invented where nothing was received, else led from the concealment into the
    /// received block, whose last samples the output ends on.
    /// </summary>
    /// <param name="job">Its spans are one block long; <c>Output</c> may not alias <c>Received</c>.</param>
    /// <exception cref="ArgumentException">A span is not one block long.</exception>
    /// <exception cref="InvalidOperationException">The network's output is not finite.</exception>
    public void Process(scoped ref ConcealmentJob job)
    {
        CheckLength(job.Output, nameof(job));
        if (job.IsMerge)
            CheckLength(job.Received, nameof(job));
        if (_lostBlocks == 0)
            Begin();
        LookAhead();
        if (job.IsMerge)
            Merge(job.Received, job.Output);
        else
            Conceal(job.Output);
        for (int c = 0; c < _channels.Length; c++)
            _channels[c].Append(job.Output, c, _format.Channels);
    }

    /// <summary>Stores a block that was played and not made here; a running concealment ends.</summary>
    /// <param name="job">Its output is one block long.</param>
    /// <exception cref="ArgumentException">The output is not one block long.</exception>
    public void Observe(scoped in ConcealmentJob job)
    {
        CheckLength(job.Output, nameof(job));
        for (int c = 0; c < _channels.Length; c++)
        {
            _channels[c].Append(job.Output, c, _format.Channels);
            _channels[c].ObserveBackground();
        }
        _lostBlocks = 0;
    }

    /// <summary>Forgets everything played.</summary>
    public void Reset()
    {
        foreach (NeuralChannel channel in _channels)
            channel.Reset();
        _lostBlocks = 0;
    }

    private void Begin()
    {
        Sum(_channels[0].History, _channels[^1].History, _mono);
        _pitch.Begin(_mono);
        foreach (NeuralChannel channel in _channels)
            channel.Begin(_pitch);
        _blocksAhead = 0;
        LookAhead();
    }

    private void LookAhead()
    {
        if (_blocksAhead > 0)
            _pitch.Lengthen();
        foreach (NeuralChannel channel in _channels)
            channel.LookAhead(_pitch, _blocksAhead);
        _pitch.Weaken();
        _blocksAhead = Math.Min(_blocksAhead + 1, int.MaxValue - 1);
    }

    private void Conceal(Span<float> output)
    {
        for (int c = 0; c < _channels.Length; c++)
        {
            _channels[c].Generate(_block);
            for (int i = 0; i < _block.Length; i++)
                output[i * _channels.Length + c] = _block[i];
        }
        _lostBlocks = Math.Min(_lostBlocks + 1, int.MaxValue - 1);
    }

    private void Merge(ReadOnlySpan<float> received, Span<float> output)
    {
        int shiftRoom = _merge.LargestShift;
        for (int c = 0; c < _channels.Length; c++)
        {
            _channels[c].History[^shiftRoom..].CopyTo(_tails[c]);
            _channels[c].Generate(_tails[c].AsSpan(shiftRoom));
        }

        Span<float> tail = _mono.AsSpan(0, _merge.TailLength);
        Sum(_tails[0].AsSpan(0, tail.Length), _tails[^1].AsSpan(0, tail.Length), tail);
        for (int i = 0; i < _receivedMono.Length; i++)
            _receivedMono[i] = received[i * _channels.Length] + received[i * _channels.Length + _channels.Length - 1];
        int shift = _merge.FindShift(tail, _receivedMono);
        for (int c = 0; c < _channels.Length; c++)
            _merge.Process(_tails[c], shift, received, output, c, _channels.Length);
        _lostBlocks = 0;
    }

    // Of one channel this is twice the channel; every use is free of scale.
    private static void Sum(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sum)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] = left[i] + right[i];
    }

    private void CheckLength(ReadOnlySpan<float> span, string name)
    {
        if (span.Length != _format.BlockLength)
            throw new ArgumentException($"A block of this stream has {_format.BlockLength} samples, not {span.Length}.", name);
    }
}
