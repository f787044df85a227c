namespace RtcEnhance.Audio;

/// <summary>
/// Carries a stream of samples from one rate to another: 10 ms in, 10 ms out, later by a stated whole number of output
/// samples. One thread at a time.
/// </summary>
/// <remarks>
/// Polyphase Kaiser-windowed sinc. Within 0.01 dB up to 0.9 of half the lower rate; at least 80 dB down from 1.1 of it;
/// -6 dB at it. Between equal rates it copies, with no delay.
/// </remarks>
public sealed class Resampler
{
    private const double StreamPassEdge = 0.9;
    private const double StreamStopEdge = 1.1;
    private const double FilePassEdge = 0.95;
    private const double FileStopEdge = 1.0;
    private const double AttenuationDb = 84;

    private readonly ResamplerFilter? _filter;
    // One run of samples per channel: [history | block in hand | padding that the last vector may read].
    private readonly float[][] _lines = [];
    // The outputs of one phase.
    private readonly float[] _phase = [];
    private readonly int _history;
    private readonly int _capacity;

    /// <summary>Makes a resampler and its filter.</summary>
    /// <param name="inputRateHz">8000 to 48000 Hz, a multiple of 100.</param>
    /// <param name="outputRateHz">8000 to 48000 Hz, a multiple of 100.</param>
    /// <param name="channels">1 or 2, interleaved.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public Resampler(int inputRateHz, int outputRateHz, int channels = 1)
        : this(new AudioFormat(inputRateHz, channels), new AudioFormat(outputRateHz, channels), StreamPassEdge, StreamStopEdge)
    {
    }

    private Resampler(AudioFormat input, AudioFormat output, double passEdge, double stopEdge)
    {
        Input = input;
        Output = output;
        if (input == output)
            return;
        _filter = new ResamplerFilter(input.SampleRateHz, output.SampleRateHz, passEdge, stopEdge, AttenuationDb);
        _history = -_filter.First[0];
        _capacity = input.SamplesPerBlock;
        _phase = new float[_capacity];
        _lines = new float[input.Channels][];
        for (var channel = 0; channel < _lines.Length; channel++)
            _lines[channel] = new float[_history + _capacity + InnerProduct.PaddedLength(_filter.Taps)];
    }

    /// <summary>What goes in.</summary>
    public AudioFormat Input { get; }

    /// <summary>What comes out.</summary>
    public AudioFormat Output { get; }

    /// <summary>How much later the output is, in samples per channel at the output rate.</summary>
    public int DelaySamples => _filter?.DelaySamples ?? 0;

    /// <summary>Converts a run of samples; how a stream is cut into runs does not change the result.</summary>
    /// <param name="input">Interleaved, a multiple of 10 ms (or of the two rates' shortest common period).</param>
    /// <param name="output">Exactly as long in time as <paramref name="input"/>; may not overlap it.</param>
    /// <exception cref="ArgumentException">The lengths do not fit the rates.</exception>
    public void Process(ReadOnlySpan<float> input, Span<float> output)
    {
        var inputStep = (_filter?.InputStep ?? 1) * Input.Channels;
        var outputStep = (_filter?.OutputStep ?? 1) * Input.Channels;
        if (input.Length % inputStep != 0 || output.Length != input.Length / inputStep * outputStep)
        {
            throw new ArgumentException(
                $"From {Input.SampleRateHz} to {Output.SampleRateHz} Hz every {inputStep} input samples give {outputStep}; got {input.Length} and {output.Length}.");
        }

        if (_filter is null)
        {
            input.CopyTo(output);
            return;
        }

        var steps = _capacity / _filter.InputStep;
        while (!input.IsEmpty)
        {
            var taken = Math.Min(input.Length, steps * inputStep);
            var given = taken / inputStep * outputStep;
            for (var channel = 0; channel < _lines.Length; channel++)
                ProcessChannel(_filter, _lines[channel], input[..taken], output[..given], channel);
            input = input[taken..];
            output = output[given..];
        }
    }

    /// <summary>Forgets the samples seen.</summary>
    public void Reset()
    {
        foreach (var line in _lines)
            Array.Clear(line);
    }

    /// <summary>Converts a whole recording with a longer filter (flat to 0.95, 80 dB down from half the lower rate) and no delay.</summary>
    /// <param name="samples">Interleaved samples.</param>
    /// <param name="inputRateHz">8000 to 48000 Hz, a multiple of 100.</param>
    /// <param name="outputRateHz">8000 to 48000 Hz, a multiple of 100.</param>
    /// <param name="channels">1 or 2.</param>
    /// <returns>As many samples as last equally long, rounded up; sample 0 is at the same instant.</returns>
    /// <exception cref="ArgumentException">A value is outside its range, or the length is no multiple of the channels.</exception>
    public static float[] Convert(ReadOnlySpan<float> samples, int inputRateHz, int outputRateHz, int channels = 1)
    {
        var input = new AudioFormat(inputRateHz, channels);
        var output = new AudioFormat(outputRateHz, channels);
        if (samples.Length % channels != 0)
            throw new ArgumentException($"{samples.Length} samples are not a whole number of {channels}-channel frames.", nameof(samples));
        var resampler = new Resampler(input, output, FilePassEdge, FileStopEdge);
        var frames = samples.Length / channels;
        var outputFrames = checked((int)(((long)frames * outputRateHz + inputRateHz - 1) / inputRateHz));
        var blocks = (outputFrames + resampler.DelaySamples + output.SamplesPerBlock - 1) / output.SamplesPerBlock;
        var padded = new float[blocks * input.BlockLength];
        samples.CopyTo(padded);
        var converted = new float[blocks * output.BlockLength];
        resampler.Process(padded, converted);
        return converted.AsSpan(resampler.DelaySamples * channels, outputFrames * channels).ToArray();
    }

    private void ProcessChannel(ResamplerFilter filter, float[] line, ReadOnlySpan<float> input, Span<float> output, int channel)
    {
        var channels = Input.Channels;
        var frames = input.Length / channels;
        for (var i = 0; i < frames; i++)
            line[_history + i] = input[i * channels + channel];

        if (filter.InputStep == 1)
        {
            ProcessPhases(filter, line, frames, output, channel);
            line.AsSpan(frames, _history).CopyTo(line);
            return;
        }

        var phase = 0;
        var origin = _history;
        for (var n = channel; n < output.Length; n += channels)
        {
            var coefficients = filter.Phase(phase);
            output[n] = InnerProduct.Dot(coefficients, line.AsSpan(origin + filter.First[phase]));
            if (++phase == filter.OutputStep)
            {
                phase = 0;
                origin += filter.InputStep;
            }
        }

        line.AsSpan(frames, _history).CopyTo(line);
    }

    /// <summary>To a multiple of the rate each phase is a filter over the input, sample by sample; its outputs lie apart.</summary>
    private void ProcessPhases(ResamplerFilter filter, float[] line, int frames, Span<float> output, int channel)
    {
        var filtered = _phase.AsSpan(0, frames);
        var stride = filter.OutputStep * Input.Channels;
        for (var phase = 0; phase < filter.OutputStep; phase++)
        {
            SlidingProduct.Apply(filter.Phase(phase)[..filter.Taps], line.AsSpan(_history + filter.First[phase]), filtered);
            var target = output[(phase * Input.Channels + channel)..];
            for (var i = 0; i < filtered.Length; i++)
                target[i * stride] = filtered[i];
        }
    }
}
