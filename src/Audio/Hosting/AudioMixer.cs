using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// Plays several sources on one device: their sum, held below full scale by a limiter. Sources come and go while it
/// plays: a new one fades in over its first 10 ms, and one that is removed or fails fades out over the next 10 ms. One
/// source alone, at a gain of 1, passes bit for bit once it has faded in. Pulls from several threads take turns; nothing
/// else ever waits with the pulling thread's lock held. Thread-safe.
/// </summary>
public sealed class AudioMixer : IAudioSource
{
    private readonly PipelineObserver? _observer;
    private readonly PeakLimiter _limiter;
    private readonly float[] _output;

    // Held over a pull. Inputs change under a lock of their own: a pull reads the array that is there when a block begins.
    private readonly Lock _pullLock = new();
    private readonly Lock _editLock = new();
    private AudioMixerInput[] _inputs = [];
    private AudioMixerInput[] _mixed = [];
    private int _outputLeft;
    private long _blocks;
    private long _limitedBlocks;

    /// <summary>A mixer without sources: silence.</summary>
    /// <param name="outputFormat">Rate and channels of every source and of the output.</param>
    /// <param name="observer">Told of sources that fail; null where nobody is.</param>
    /// <exception cref="ArgumentException"><paramref name="outputFormat"/> is not set.</exception>
    public AudioMixer(AudioFormat outputFormat, PipelineObserver? observer = null)
    {
        if (outputFormat.Channels == 0)
            throw new ArgumentException("The output format is not set.", nameof(outputFormat));
        OutputFormat = outputFormat;
        _observer = observer;
        _limiter = new PeakLimiter(outputFormat);
        _output = new float[outputFormat.BlockLength];
    }

    /// <inheritdoc/>
    public AudioFormat OutputFormat { get; }

    /// <summary>The sources as they are now, in the order they were added; the span does not change with them.</summary>
    public ReadOnlySpan<AudioMixerInput> Inputs => Volatile.Read(ref _inputs);

    /// <summary>Lets a source play along from the next 10 ms on; from any thread.</summary>
    /// <param name="source">Pulled in blocks of 10 ms, by whichever thread pulls the mixer; stays the caller's.</param>
    /// <param name="gain">Its gain, 0 to 16.</param>
    /// <returns>The source's place in the mixer: gain, muting, level, removal.</returns>
    /// <exception cref="ArgumentException">The format differs, the source is in the mixer already, or it contains the mixer.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gain"/> is outside its range.</exception>
    public AudioMixerInput Add(IAudioSource source, float gain = 1)
    {
        ArgumentNullException.ThrowIfNull(source);
        AudioFormat format = source.OutputFormat;
        if (format != OutputFormat)
        {
            throw new ArgumentException(
                $"The mixer plays {OutputFormat.SampleRateHz} Hz with {OutputFormat.Channels} channels; the source yields {format.SampleRateHz} Hz with {format.Channels} channels.",
                nameof(source));
        }

        if (source is AudioMixer mixer && mixer.IsFedBy(this))
            throw new ArgumentException("A mixer cannot be its own source.", nameof(source));
        var input = new AudioMixerInput(this, source, gain);
        lock (_editLock)
        {
            foreach (AudioMixerInput other in _inputs)
            {
                if (other.Source == source)
                    throw new ArgumentException("The source is in the mixer already.", nameof(source));
            }

            Volatile.Write(ref _inputs, [.. _inputs, input]);
        }

        return input;
    }

    /// <summary>
    /// Takes a source out; from any thread. When this returns the source is not pulled any more and may be disposed: its
    /// fade-out is made of what it played last. Called from within a pull, it does not wait for that pull's end.
    /// </summary>
    /// <param name="source">A source.</param>
    /// <returns>False where it is not in the mixer.</returns>
    public bool Remove(IAudioSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        lock (_editLock)
        {
            int index = Array.FindIndex(_inputs, input => input.Source == source);
            if (index < 0)
                return false;
            _inputs[index].IsRemoved = true;
            Volatile.Write(ref _inputs, [.. _inputs[..index], .. _inputs[(index + 1)..]]);
        }

        if (!_pullLock.IsHeldByCurrentThread)
        {
            // The pull that may still be at it.
            _pullLock.Enter();
            _pullLock.Exit();
        }

        return true;
    }

    /// <summary>Fills <paramref name="samples"/> with the mix: any length that holds whole frames.</summary>
    /// <param name="samples">Where the samples go; every one is written, [-1, 1].</param>
    /// <exception cref="ArgumentException">The length is not a multiple of the channel count.</exception>
    /// <exception cref="InvalidOperationException">The mixer is pulled by one of its own sources.</exception>
    public void GetAudio(Span<float> samples)
    {
        if (samples.Length % OutputFormat.Channels != 0)
            throw new ArgumentException($"{samples.Length} samples are not whole frames of {OutputFormat.Channels} channels.", nameof(samples));
        if (_pullLock.IsHeldByCurrentThread)
            throw new InvalidOperationException("The mixer is pulled from within its own pull.");

        lock (_pullLock)
        {
            while (!samples.IsEmpty)
            {
                if (_outputLeft == 0)
                {
                    MixBlock();
                    _outputLeft = _output.Length;
                }

                int count = Math.Min(samples.Length, _outputLeft);
                _output.AsSpan(_output.Length - _outputLeft, count).CopyTo(samples);
                _outputLeft -= count;
                samples = samples[count..];
            }
        }
    }

    /// <summary>What the mixer has done so far; from any thread.</summary>
    /// <returns>The statistics.</returns>
    public AudioMixerStats GetStats() => new()
    {
        MixedBlocks = Volatile.Read(ref _blocks),
        LimitedBlocks = Volatile.Read(ref _limitedBlocks),
    };

    private bool IsFedBy(AudioMixer mixer)
    {
        if (mixer == this)
            return true;
        foreach (AudioMixerInput input in Inputs)
        {
            if (input.Source is AudioMixer inner && inner.IsFedBy(mixer))
                return true;
        }

        return false;
    }

    private void MixBlock()
    {
        AudioMixerInput[] inputs = Volatile.Read(ref _inputs);
        bool isEmpty = true;
        foreach (AudioMixerInput input in _mixed)
        {
            if (input.IsRemoved)
                Add(input.NextBlock(_observer), ref isEmpty);
        }

        foreach (AudioMixerInput input in inputs)
            Add(input.NextBlock(_observer), ref isEmpty);
        _mixed = inputs;
        if (isEmpty)
            _output.AsSpan().Clear();
        if (_limiter.Process(_output))
            Volatile.Write(ref _limitedBlocks, _limitedBlocks + 1);
        Volatile.Write(ref _blocks, _blocks + 1);
    }

    private void Add(ReadOnlySpan<float> block, ref bool isEmpty)
    {
        if (block.IsEmpty)
            return;

        // The first is copied and not added to zeros, which would turn a negative zero.
        if (isEmpty)
        {
            block.CopyTo(_output);
            isEmpty = false;
            return;
        }

        Span<float> sum = _output;
        int i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(sum[i..]) + new Vector<float>(block[i..])).CopyTo(sum[i..]);
        for (; i < sum.Length; i++)
            sum[i] += block[i];
    }
}
