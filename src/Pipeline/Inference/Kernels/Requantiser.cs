using System.Runtime.InteropServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Turns the sums of a quantised layer into its 8-bit activations. Every operation is a single IEEE one in a fixed
/// order, so each vector width gives the same bytes. Immutable. Thread-safe.
/// </summary>
internal sealed class Requantiser
{
    /// <summary>Channels are handled in groups of this many.</summary>
    public const int Channels = 16;

    private const int Largest = 127;

    // Four runs of Channels floats: gain of positive sums, gain of negative ones, limit, offset.
    private readonly AlignedBuffer<float> _constants = new(4 * Channels);
    private readonly float _skipGain;

    /// <summary>The constants of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="step">What one unit of its activations is worth.</param>
    /// <param name="zero">The activation that stands for zero.</param>
    /// <param name="skipStep">The same of the activations that are added to it; 0 where none are.</param>
    /// <param name="skipZero">The same.</param>
    /// <param name="period">8 where the constants of 8 channels are repeated, else 16.</param>
    public Requantiser(QuantisedLayer layer, float step, int zero, float skipStep, int skipZero, int period)
    {
        _skipGain = skipStep / step;
        float offset = zero + 0.5f - (skipZero * _skipGain);
        Span<float> constants = _constants.Span;
        constants[(3 * Channels)..].Fill(offset);
        for (int i = 0; i < Channels; i++)
        {
            int output = i % period;
            if (output >= layer.Layer.Outputs)
                continue;
            float gain = layer.SumSteps[output] / step;
            constants[i] = gain;
            constants[Channels + i] = gain * layer.Layer.Slopes[output];
            constants[(2 * Channels) + i] = Math.Min(layer.Layer.Limit / step, 2 * Largest);
        }
    }

    /// <summary>Writes a run of activations.</summary>
    /// <param name="sums">Sums, all channels of a sample after those of the one before; a multiple of 16.</param>
    /// <param name="skip">Activations to add, laid out like the sums; not read where none are added.</param>
    /// <param name="target">The activations, laid out like the sums.</param>
    public void Apply<TFloats>(ReadOnlySpan<int> sums, ref byte skip, ref byte target)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        ref float constants = ref _constants[0];
        ref int sum = ref MemoryMarshal.GetReference(sums);
        TFloats zero = TFloats.Create(0);
        TFloats largest = TFloats.Create(Largest);
        TFloats skipGain = TFloats.Create(_skipGain);
        for (int i = 0; i < sums.Length; i += TFloats.Count)
        {
            int channel = i % Channels;
            TFloats value = TFloats.LoadIntegers(ref sum, i);
            value = (TFloats.Max(value, zero) * TFloats.Load(ref constants, channel))
                + (TFloats.Min(value, zero) * TFloats.Load(ref constants, Channels + channel));
            value = TFloats.Min(value, TFloats.Load(ref constants, (2 * Channels) + channel))
                + TFloats.Load(ref constants, (3 * Channels) + channel);
            if (_skipGain != 0)
                value += TFloats.LoadBytes(ref skip, i) * skipGain;
            TFloats.Min(TFloats.Max(value, zero), largest).StoreBytes(ref target, i);
        }
    }
}
