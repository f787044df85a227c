using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance.Inference;

/// <summary>The state of a bandwidth-extension network in one channel. One thread at a time.</summary>
internal sealed class ExtensionRun
{
    private readonly ExtensionWeights _weights;
    private readonly AlignedBuffer<float> _heard = new(ExtensionNetwork.Inputs);
    private readonly AlignedBuffer<float> _encoded;
    private readonly AlignedBuffer<float> _first;
    private readonly AlignedBuffer<float> _second;
    private readonly AlignedBuffer<float> _states;
    private readonly AlignedBuffer<float> _last;
    private readonly AlignedBuffer<float> _output;
    private readonly AlignedBuffer<float> _fromInput;
    private readonly AlignedBuffer<float> _fromState;
    private readonly DenseScratch _scratch;

    /// <summary>A channel.</summary>
    /// <param name="weights">The network.</param>
    public ExtensionRun(ExtensionWeights weights)
    {
        _weights = weights;
        int widest = Math.Max(weights.First.Size, weights.Second.Size);
        _encoded = new AlignedBuffer<float>(weights.Encode.Padded);
        _first = new AlignedBuffer<float>(weights.First.Size);
        _second = new AlignedBuffer<float>(weights.Second.Size);
        _states = new AlignedBuffer<float>(weights.First.Size + weights.Second.Size);
        _last = new AlignedBuffer<float>(weights.Last.Padded);
        _output = new AlignedBuffer<float>(weights.Out.Padded);
        _fromInput = new AlignedBuffer<float>(3 * widest);
        _fromState = new AlignedBuffer<float>(3 * widest);
        _scratch = new DenseScratch(Math.Max(weights.Encode.Outputs, _states.Length), Math.Max(3 * widest, weights.Last.Padded));
    }

    /// <summary>Where what a block is heard as is put.</summary>
    public Span<float> Heard => _heard.Span;

    /// <summary>What it was answered with.</summary>
    public ReadOnlySpan<float> Output => _output.Span[..ExtensionNetwork.Outputs];

    /// <summary>State of the first unit.</summary>
    public Span<float> First => _first.Span;

    /// <summary>State of the second one.</summary>
    public Span<float> Second => _second.Span;

    /// <summary>Moves on by one block: reads <see cref="Heard"/>, writes <see cref="Output"/>.</summary>
    public void Step()
    {
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            Step<FloatLanes512, IntegerLanes512>();
        else if (Avx2.IsSupported)
            Step<FloatLanes256, IntegerLanes256>();
        else
            Step<FloatLanes128, IntegerLanes128>();
    }

    /// <summary><see cref="Step()"/> on vectors of one width.</summary>
    public void Step<TFloats, TLanes>()
        where TFloats : struct, IFloatLanes<TFloats>
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        _weights.Encode.Multiply<TFloats, TLanes>(_heard.Span, _encoded, _scratch);
        Saturation.Tanh<TFloats>(ref _encoded[0], _encoded.Length);
        _weights.First.Step<TFloats, TLanes>(_encoded.Span[.._weights.Encode.Outputs], _first, _fromInput, _fromState, _scratch);
        _weights.Second.Step<TFloats, TLanes>(_first.Span, _second, _fromInput, _fromState, _scratch);
        _first.Span.CopyTo(_states.Span);
        _second.Span.CopyTo(_states.Span[_first.Length..]);
        _weights.Last.Multiply<TFloats, TLanes>(_states.Span, _last, _scratch);
        Saturation.Tanh<TFloats>(ref _last[0], _last.Length);
        _weights.Out.Multiply<TFloats, TLanes>(_last.Span[.._weights.Last.Outputs], _output, _scratch);
    }

    /// <summary>Forgets the stream.</summary>
    public void Reset()
    {
        _first.Span.Clear();
        _second.Span.Clear();
    }
}
