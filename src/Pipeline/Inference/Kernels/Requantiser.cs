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

    // Sums stay below 2^24: with gains of at most this, nothing leaves the range of 32-bit whole numbers.
    private const float MostGain = 64;

    // Four runs of Channels floats: gain of positive sums, gain of negative ones, limit, offset.
    private readonly AlignedBuffer<float> _constants = new(4 * Channels);
    private readonly float _skipGain;
    private readonly Form _form;

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
        bool isRising = true;
        for (int i = 0; i < Channels; i++)
        {
            int output = i % period;
            if (output >= layer.Layer.Outputs)
                continue;
            float gain = layer.SumSteps[output] / step;
            float negativeGain = gain * layer.Layer.Slopes[output];
            float limit = Math.Min(layer.Layer.Limit / step, 2 * QuantisedLayer.MostActivation);
            constants[i] = gain;
            constants[Channels + i] = negativeGain;
            constants[(2 * Channels) + i] = limit;
            isRising &= gain <= MostGain && Math.Abs(negativeGain) <= MostGain && negativeGain <= gain && limit + offset >= QuantisedLayer.MostActivation;
        }

        bool isRectifier = isRising && zero == 0 && Array.TrueForAll(layer.Layer.Slopes, slope => slope == 0);
        _form = skipStep != 0 || !isRising ? Form.Any : isRectifier ? Form.Rectifier : Form.Rising;
    }

    // Of the general form, what the constants leave: no layer is skipped to, and negative gains are not above positive
    // ones, so the larger product is the right one; a limit beyond the largest activation is that of the bytes; without
    // slopes and zero point negative sums end at zero in any case.
    private enum Form
    {
        Any,
        Rising,
        Rectifier,
    }

    /// <summary>Writes a run of activations.</summary>
    /// <param name="sums">Sums, all channels of a sample after those of the one before; a multiple of 64.</param>
    /// <param name="skip">Activations to add, laid out like the sums; not read where none are added.</param>
    /// <param name="target">The activations, laid out like the sums.</param>
    public void Apply<TFloats>(ReadOnlySpan<int> sums, ref byte skip, ref byte target)
        where TFloats : struct, IFloatLanes<TFloats>
        => Apply<TFloats, WholeSums>(ref MemoryMarshal.GetReference(sums), sums.Length, ref skip, ref target);

    /// <summary>As the other one, of sums with <see cref="WinogradConvolution.Anchor"/> added.</summary>
    public void Apply<TFloats>(ReadOnlySpan<float> sums, ref byte skip, ref byte target)
        where TFloats : struct, IFloatLanes<TFloats>
        => Apply<TFloats, AnchoredSums>(ref Unsafe.As<float, int>(ref MemoryMarshal.GetReference(sums)), sums.Length, ref skip, ref target);

    private void Apply<TFloats, TSums>(ref int sums, int count, ref byte skip, ref byte target)
        where TFloats : struct, IFloatLanes<TFloats>
        where TSums : struct, ISums
    {
        switch (_form)
        {
            case Form.Rectifier:
                Rectify<TFloats, TSums>(ref sums, count, ref target);
                break;
            case Form.Rising:
                Rise<TFloats, TSums>(ref sums, count, ref target);
                break;
            default:
                Activate<TFloats, TSums>(ref sums, count, ref skip, ref target);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rectify<TFloats, TSums>(ref int sums, int count, ref byte target)
        where TFloats : struct, IFloatLanes<TFloats>
        where TSums : struct, ISums
    {
        Run<TFloats> gains = Constants<TFloats>(0);
        TFloats half = TFloats.Create(0.5f);
        for (int i = 0; i < count; i += 4 * TFloats.Count)
        {
            TFloats.StoreBytes(
                (TSums.Load<TFloats>(ref sums, i) * gains.A) + half,
                (TSums.Load<TFloats>(ref sums, i + TFloats.Count) * gains.B) + half,
                (TSums.Load<TFloats>(ref sums, i + (2 * TFloats.Count)) * gains.C) + half,
                (TSums.Load<TFloats>(ref sums, i + (3 * TFloats.Count)) * gains.D) + half,
                ref target,
                i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rise<TFloats, TSums>(ref int sums, int count, ref byte target)
        where TFloats : struct, IFloatLanes<TFloats>
        where TSums : struct, ISums
    {
        Run<TFloats> gains = Constants<TFloats>(0);
        Run<TFloats> negativeGains = Constants<TFloats>(Channels);
        TFloats offset = TFloats.Load(ref _constants[0], 3 * Channels);
        for (int i = 0; i < count; i += 4 * TFloats.Count)
        {
            TFloats a = TSums.Load<TFloats>(ref sums, i);
            TFloats b = TSums.Load<TFloats>(ref sums, i + TFloats.Count);
            TFloats c = TSums.Load<TFloats>(ref sums, i + (2 * TFloats.Count));
            TFloats d = TSums.Load<TFloats>(ref sums, i + (3 * TFloats.Count));
            TFloats.StoreBytes(
                TFloats.Max(a * gains.A, a * negativeGains.A) + offset,
                TFloats.Max(b * gains.B, b * negativeGains.B) + offset,
                TFloats.Max(c * gains.C, c * negativeGains.C) + offset,
                TFloats.Max(d * gains.D, d * negativeGains.D) + offset,
                ref target,
                i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Activate<TFloats, TSums>(ref int sums, int length, ref byte skip, ref byte target)
        where TFloats : struct, IFloatLanes<TFloats>
        where TSums : struct, ISums
    {
        ref float constants = ref _constants[0];
        int count = TFloats.Count;
        for (int i = 0; i < length; i += 4 * count)
        {
            TFloats.StoreBytes(
                Activate<TFloats, TSums>(ref constants, ref sums, ref skip, _skipGain, i), Activate<TFloats, TSums>(ref constants, ref sums, ref skip, _skipGain, i + count),
                Activate<TFloats, TSums>(ref constants, ref sums, ref skip, _skipGain, i + (2 * count)), Activate<TFloats, TSums>(ref constants, ref sums, ref skip, _skipGain, i + (3 * count)), ref target, i);
        }
    }

    // Constants of four neighbouring vectors; wide ones are all the same.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Run<TFloats> Constants<TFloats>(int first)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        ref float constants = ref _constants[first];
        return new(
            TFloats.Load(ref constants, 0),
            TFloats.Load(ref constants, TFloats.Count % Channels),
            TFloats.Load(ref constants, 2 * TFloats.Count % Channels),
            TFloats.Load(ref constants, 3 * TFloats.Count % Channels));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloats Activate<TFloats, TSums>(ref float constants, ref int sums, ref byte skip, float skipGain, int i)
        where TFloats : struct, IFloatLanes<TFloats>
        where TSums : struct, ISums
    {
        constants = ref Unsafe.Add(ref constants, i & (Channels - 1));
        TFloats zero = TFloats.Create(0);
        TFloats value = TSums.Load<TFloats>(ref sums, i);
        value = (TFloats.Max(value, zero) * TFloats.Load(ref constants, 0)) + (TFloats.Min(value, zero) * TFloats.Load(ref constants, Channels));
        value = TFloats.Min(value, TFloats.Load(ref constants, 2 * Channels)) + TFloats.Load(ref constants, 3 * Channels);
        if (skipGain != 0)
            value += TFloats.LoadBytes(ref skip, i) * TFloats.Create(skipGain);
        return TFloats.Min(TFloats.Max(value, zero), TFloats.Create(QuantisedLayer.MostActivation));
    }

    // How sums are written.
    private interface ISums
    {
        static abstract TFloats Load<TFloats>(ref int sums, int i)
            where TFloats : struct, IFloatLanes<TFloats>;
    }

    private readonly struct WholeSums : ISums
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloats Load<TFloats>(ref int sums, int i)
            where TFloats : struct, IFloatLanes<TFloats>
            => TFloats.LoadIntegers(ref sums, i);
    }

    private readonly struct AnchoredSums : ISums
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloats Load<TFloats>(ref int sums, int i)
            where TFloats : struct, IFloatLanes<TFloats>
            => TFloats.Load(ref Unsafe.As<int, float>(ref sums), i) - TFloats.Create(WinogradConvolution.Anchor);
    }

    private readonly record struct Run<TFloats>(TFloats A, TFloats B, TFloats C, TFloats D);
}
