using System.Runtime.CompilerServices;
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
    private readonly bool _isPlain;

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
        _isPlain = skipStep == 0 && zero == 0 && Array.TrueForAll(layer.Layer.Slopes, slope => slope == 0);
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
    /// <param name="sums">Sums, all channels of a sample after those of the one before; a multiple of 64.</param>
    /// <param name="skip">Activations to add, laid out like the sums; not read where none are added.</param>
    /// <param name="target">The activations, laid out like the sums.</param>
    public void Apply<TFloats>(ReadOnlySpan<int> sums, ref byte skip, ref byte target)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        ref int sum = ref MemoryMarshal.GetReference(sums);
        ref float constants = ref _constants[0];
        float skipGain = _skipGain;
        if (_isPlain)
        {
            for (int i = 0; i < sums.Length; i += 4 * TFloats.Count)
            {
                TFloats.StoreBytes(
                    Rectify<TFloats>(ref constants, ref sum, i), Rectify<TFloats>(ref constants, ref sum, i + TFloats.Count),
                    Rectify<TFloats>(ref constants, ref sum, i + (2 * TFloats.Count)), Rectify<TFloats>(ref constants, ref sum, i + (3 * TFloats.Count)), ref target, i);
            }

            return;
        }

        for (int i = 0; i < sums.Length; i += 4 * TFloats.Count)
        {
            TFloats.StoreBytes(
                Activate<TFloats>(ref constants, ref sum, ref skip, skipGain, i), Activate<TFloats>(ref constants, ref sum, ref skip, skipGain, i + TFloats.Count),
                Activate<TFloats>(ref constants, ref sum, ref skip, skipGain, i + (2 * TFloats.Count)), Activate<TFloats>(ref constants, ref sum, ref skip, skipGain, i + (3 * TFloats.Count)), ref target, i);
        }
    }

    // What Activate comes to without slopes, zero point and skip: negative sums end at zero, large ones at the limit, anyway.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloats Rectify<TFloats>(ref float constants, ref int sums, int i)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        TFloats value = (TFloats.LoadIntegers(ref sums, i) * TFloats.Load(ref constants, i & (Channels - 1))) + TFloats.Create(0.5f);
        return TFloats.Min(TFloats.Max(value, TFloats.Create(0)), TFloats.Create(Largest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloats Activate<TFloats>(ref float constants, ref int sums, ref byte skip, float skipGain, int i)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        constants = ref Unsafe.Add(ref constants, i & (Channels - 1));
        TFloats zero = TFloats.Create(0);
        TFloats value = TFloats.LoadIntegers(ref sums, i);
        value = (TFloats.Max(value, zero) * TFloats.Load(ref constants, 0)) + (TFloats.Min(value, zero) * TFloats.Load(ref constants, Channels));
        value = TFloats.Min(value, TFloats.Load(ref constants, 2 * Channels)) + TFloats.Load(ref constants, 3 * Channels);
        if (skipGain != 0)
            value += TFloats.LoadBytes(ref skip, i) * TFloats.Create(skipGain);
        return TFloats.Min(TFloats.Max(value, zero), TFloats.Create(Largest));
    }
}
