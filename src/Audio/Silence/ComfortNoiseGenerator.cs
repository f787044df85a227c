namespace RtcEnhance.Audio;

/// <summary>
/// Makes the noise that comfort-noise payloads describe (RFC 3389): of their level, to which full scale is 0 dBov, and of
/// the spectrum of their all-pole model, which holds at the generator's own rate. From one payload to the next, level and
/// spectrum slide in steps of 10 ms, with a time constant of 45 ms; the first one holds at once. Every channel has a noise
/// of its own. The sequence is the same after every reset. One thread at a time.
/// </summary>
/// <remarks>
/// The filter is a normalised lattice (Gray and Markel 1975): each section rotates a signal and a state, so that what is
/// white and of unit power at its input is of unit power at its output, whatever the coefficients are and however they
/// change. The level is therefore exact at any time, and no payload makes the filter unstable.
/// </remarks>
internal sealed class ComfortNoiseGenerator
{
    /// <summary>Coefficients that are used; those of a higher order are taken to be zero (RFC 3389 section 3).</summary>
    internal const int MaxOrder = 32;

    private const int SilentDbov = -127;
    private const float SlidePerStep = 0.2f;
    private const float SmallestSlide = 1e-4f;

    // Rotations that lose what rounding might add: coefficients of all but 1 would hold it for minutes.
    private const float Rotation = 1 - 1e-6f;

    private readonly int _channels;
    private readonly int _samplesPerStep;
    private readonly float[] _targets = new float[MaxOrder];
    private readonly float[] _coefficients = new float[MaxOrder];
    private readonly float[] _sines = new float[MaxOrder];
    private readonly float[] _cosines = new float[MaxOrder];
    private readonly float[] _states;
    private readonly float[] _excitation;
    private NoiseSource _noise;
    private int _order;
    private int _samplesLeft;
    private float _targetDbov;
    private float _dbov;
    private float _gain;
    private float _gainPerSample;
    private bool _isStarted;

    internal ComfortNoiseGenerator(AudioFormat format)
    {
        _channels = format.Channels;
        _samplesPerStep = format.SamplesPerBlock;
        _excitation = new float[format.BlockLength];
        _states = new float[format.Channels * (MaxOrder + 1)];
        Reset();
    }

    /// <summary>Takes a payload over: its level, and its spectrum, which is white where it says nothing.</summary>
    /// <param name="payload">
    /// -dBov in the low 7 bits of the first byte, then reflection coefficients (N - 127) x 258 / 32768 in ascending order.
    /// </param>
    /// <returns>False for an empty payload, which the format does not know; the noise then ends.</returns>
    internal bool Update(ReadOnlySpan<byte> payload)
    {
        _targetDbov = payload.IsEmpty ? SilentDbov : -(payload[0] & 0x7F);
        for (int i = 0; i < MaxOrder; i++)
        {
            // 255 is not used and would be unstable.
            int quantized = i + 1 < payload.Length ? Math.Min((int)payload[i + 1], 254) : 127;
            _targets[i] = (quantized - 127) * (258f / 32768f);
        }

        if (!_isStarted)
        {
            _isStarted = true;
            _dbov = _targetDbov;
            _gain = Amplitude(_dbov);
            for (int i = 0; i < MaxOrder; i++)
                SetSection(i, _targets[i]);
        }

        return !payload.IsEmpty;
    }

    /// <summary>Writes the next samples; silence before the first payload.</summary>
    /// <param name="interleaved">Output in [-1, 1]: whole sample frames, any number of them.</param>
    internal void Generate(Span<float> interleaved)
    {
        if (!_isStarted)
        {
            interleaved.Clear();
            return;
        }

        while (!interleaved.IsEmpty)
        {
            if (_samplesLeft == 0)
                BeginStep();
            int samples = Math.Min(_samplesLeft, interleaved.Length / _channels);
            Span<float> excitation = _excitation.AsSpan(0, samples * _channels);
            _noise.Fill(excitation);
            for (int channel = 0; channel < _channels; channel++)
                Shape(excitation[channel..], interleaved[channel..], samples, _states.AsSpan(channel * (MaxOrder + 1), MaxOrder + 1));
            _gain += samples * _gainPerSample;
            _samplesLeft -= samples;
            interleaved = interleaved[excitation.Length..];
        }
    }

    /// <summary>Forgets the noise: silence until the next payload.</summary>
    internal void Reset()
    {
        _isStarted = false;
        _samplesLeft = 0;
        _gainPerSample = 0;
        _noise = new NoiseSource();

        // What the states of a filter that has run for long look like: the first sample is as loud as any.
        _noise.Fill(_states);
    }

    private static float Amplitude(float dbov) => MathF.Pow(10, dbov / 20);

    /// <summary>Slides level and spectrum by a step; the gain moves within it, the spectrum need not.</summary>
    private void BeginStep()
    {
        _samplesLeft = _samplesPerStep;
        _dbov = Slide(_dbov, _targetDbov);
        _gainPerSample = (Amplitude(_dbov) - _gain) / _samplesPerStep;
        for (int i = 0; i < MaxOrder; i++)
        {
            if (_coefficients[i] != _targets[i])
                SetSection(i, Slide(_coefficients[i], _targets[i]));
        }

        _order = MaxOrder;
        while (_order > 0 && _coefficients[_order - 1] == 0)
            _order--;
    }

    private static float Slide(float from, float to)
    {
        float slid = from + (SlidePerStep * (to - from));
        return Math.Abs(to - slid) < SmallestSlide ? to : slid;
    }

    private void SetSection(int index, float coefficient)
    {
        _coefficients[index] = coefficient;
        _sines[index] = Rotation * coefficient;
        _cosines[index] = Rotation * MathF.Sqrt(1 - (coefficient * coefficient));
    }

    /// <summary>One channel: <paramref name="excitation"/> and <paramref name="output"/> begin at its first sample.</summary>
    private void Shape(ReadOnlySpan<float> excitation, Span<float> output, int samples, Span<float> states)
    {
        ReadOnlySpan<float> sines = _sines.AsSpan(0, _order);
        ReadOnlySpan<float> cosines = _cosines.AsSpan(0, _order);
        states = states[..(_order + 1)];
        for (int n = 0; n < samples; n++)
        {
            // Forward signal f and backward state b of section m, of coefficient k: with c = sqrt(1 - k^2),
            // f[m] = c f[m + 1] - k b[m] and b[m + 1] = k f[m + 1] + c b[m], b as of one sample ago.
            float forward = excitation[n * _channels];
            for (int m = sines.Length - 1; m >= 0; m--)
            {
                float backward = states[m];
                states[m + 1] = (sines[m] * forward) + (cosines[m] * backward);
                forward = (cosines[m] * forward) - (sines[m] * backward);
            }

            states[0] = forward;
            output[n * _channels] = Math.Clamp((_gain + (n * _gainPerSample)) * forward, -1, 1);
        }
    }
}
