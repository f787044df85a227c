using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance.Inference;

/// <summary>The state of a concealment network in one channel. One thread at a time.</summary>
internal sealed class ConcealmentRun
{
    private readonly ConcealmentWeights _weights;
    private readonly AlignedBuffer<float> _encoded;
    private readonly AlignedBuffer<float> _context;
    private readonly AlignedBuffer<float> _known;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<float> _envelope;
    private readonly AlignedBuffer<float> _input;
    private readonly AlignedBuffer<float> _first;
    private readonly AlignedBuffer<float> _second;
    private readonly AlignedBuffer<float> _hidden;
    private readonly AlignedBuffer<float> _last;
    private readonly AlignedBuffer<float> _output;
    private readonly AlignedBuffer<float> _fromInput;
    private readonly AlignedBuffer<float> _fromState;
    private readonly DenseScratch _scratch;

    /// <summary>A channel.</summary>
    /// <param name="weights">The network.</param>
    public ConcealmentRun(ConcealmentWeights weights)
    {
        _weights = weights;
        int widest = Math.Max(weights.Context.Size, Math.Max(weights.First.Size, weights.Second.Size));
        _encoded = new AlignedBuffer<float>(weights.Encode.Padded);
        _context = new AlignedBuffer<float>(weights.Context.Size);
        _known = new AlignedBuffer<float>(weights.Envelope.Inputs);
        _envelope = new AlignedBuffer<float>(weights.Envelope.Padded);
        _starts = new AlignedBuffer<float>(weights.Start.Padded);
        _input = new AlignedBuffer<float>(weights.Wave.Inputs);
        _first = new AlignedBuffer<float>(weights.First.Size);
        _second = new AlignedBuffer<float>(weights.Second.Size);
        _hidden = new AlignedBuffer<float>(weights.Wave.Padded + weights.First.Size + weights.Second.Size);
        _last = new AlignedBuffer<float>(weights.Last.Padded);
        _output = new AlignedBuffer<float>(weights.Out.Padded);
        _fromInput = new AlignedBuffer<float>(3 * widest);
        _fromState = new AlignedBuffer<float>(3 * widest);
        DenseWeights[] dense = [weights.Encode, weights.Start, weights.Envelope, weights.Wave, weights.Last, weights.Out];
        _scratch = new DenseScratch(dense.Max(layer => layer.Inputs), Math.Max(3 * widest, dense.Max(layer => layer.Padded)));
    }

    /// <summary>Where the samples of a step are put: own output, classical continuation, own output at the pitch.</summary>
    public Span<float> Heard => _input.Span[..ConcealmentNetwork.Heard];

    /// <summary>Where the facts of a step are put.</summary>
    public Span<float> Facts => _input.Span[^ConcealmentNetwork.Facts..];

    /// <summary>What a step wrote: the filters of the sources.</summary>
    public ReadOnlySpan<float> Output => _output.Span[..ConcealmentNetwork.Outputs];

    /// <summary>The states and the condition that <see cref="Begin"/> made, in the file's order.</summary>
    public ReadOnlySpan<float> Starts => _starts.Span[.._weights.Start.Outputs];

    /// <summary>The envelope that <see cref="Begin"/> foresaw: [places x gains], natural logarithms.</summary>
    public ReadOnlySpan<float> Envelope => _envelope.Span[..(ConcealmentNetwork.Places * ConcealmentNetwork.Gains)];

    /// <summary>State of the first unit of a step.</summary>
    public ReadOnlySpan<float> First => _first.Span;

    /// <summary>State of the second one.</summary>
    public ReadOnlySpan<float> Second => _second.Span;

    /// <summary>Puts all that a step depends on.</summary>
    /// <param name="values">What it hears, the condition, the facts, and the two states.</param>
    public void SetStep(ReadOnlySpan<float> values)
    {
        values[.._input.Length].CopyTo(_input.Span);
        values.Slice(_input.Length, _first.Length).CopyTo(_first.Span);
        values[(_input.Length + _first.Length)..].CopyTo(_second.Span);
    }

    /// <summary>Begins a loss.</summary>
    /// <param name="features">[frames x bands], finite, oldest first.</param>
    /// <param name="pitch">The facts of the pitch, finite.</param>
    public void Begin(ReadOnlySpan<float> features, ReadOnlySpan<float> pitch)
    {
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            Begin<FloatLanes512, IntegerLanes512>(features, pitch);
        else if (Avx2.IsSupported)
            Begin<FloatLanes256, IntegerLanes256>(features, pitch);
        else
            Begin<FloatLanes128, IntegerLanes128>(features, pitch);
    }

    /// <summary>Moves on by one step: reads <see cref="Heard"/> and <see cref="Facts"/>, writes <see cref="Output"/>.</summary>
    public void Step()
    {
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            Step<FloatLanes512, IntegerLanes512>();
        else if (Avx2.IsSupported)
            Step<FloatLanes256, IntegerLanes256>();
        else
            Step<FloatLanes128, IntegerLanes128>();
    }

    /// <summary><see cref="Begin(ReadOnlySpan{float}, ReadOnlySpan{float})"/> on vectors of one width.</summary>
    public void Begin<TFloats, TLanes>(ReadOnlySpan<float> features, ReadOnlySpan<float> pitch)
        where TFloats : struct, IFloatLanes<TFloats>
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        if (features.Length != ConcealmentNetwork.Frames * ConcealmentNetwork.Bands)
            throw new ArgumentException($"A loss begins with {ConcealmentNetwork.Frames} x {ConcealmentNetwork.Bands} features, not {features.Length}.", nameof(features));
        _context.Span.Clear();
        for (int frame = 0; frame < ConcealmentNetwork.Frames; frame++)
        {
            _weights.Encode.Multiply<TFloats, TLanes>(features.Slice(frame * ConcealmentNetwork.Bands, ConcealmentNetwork.Bands), _encoded, _scratch);
            Saturation.Tanh<TFloats>(ref _encoded[0], _encoded.Length);
            _weights.Context.Step<TFloats, TLanes>(_encoded.Span[.._weights.Encode.Outputs], _context, _fromInput, _fromState, _scratch);
        }

        _weights.Start.Multiply<TFloats, TLanes>(_context.Span, _starts, _scratch);
        Saturation.Tanh<TFloats>(ref _starts[0], _starts.Length);
        _context.Span.CopyTo(_known.Span);
        pitch.CopyTo(_known.Span[_context.Length..]);
        _weights.Envelope.Multiply<TFloats, TLanes>(_known.Span, _envelope, _scratch);
        _starts.Span[.._first.Length].CopyTo(_first.Span);
        _starts.Span.Slice(_first.Length, _second.Length).CopyTo(_second.Span);
        _starts.Span[(_first.Length + _second.Length).._weights.Start.Outputs].CopyTo(_input.Span[ConcealmentNetwork.Heard..]);
    }

    /// <summary><see cref="Step()"/> on vectors of one width.</summary>
    public void Step<TFloats, TLanes>()
        where TFloats : struct, IFloatLanes<TFloats>
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        int waves = _weights.Wave.Outputs;
        _weights.Wave.Multiply<TFloats, TLanes>(_input.Span, _hidden, _scratch);
        Saturation.Tanh<TFloats>(ref _hidden[0], _weights.Wave.Padded);
        _weights.First.Step<TFloats, TLanes>(_hidden.Span[..waves], _first, _fromInput, _fromState, _scratch);
        _weights.Second.Step<TFloats, TLanes>(_first.Span, _second, _fromInput, _fromState, _scratch);
        _first.Span.CopyTo(_hidden.Span[waves..]);
        _second.Span.CopyTo(_hidden.Span[(waves + _first.Length)..]);
        _weights.Last.Multiply<TFloats, TLanes>(_hidden.Span[.._weights.Last.Inputs], _last, _scratch);
        Saturation.Tanh<TFloats>(ref _last[0], _last.Length);
        _weights.Out.Multiply<TFloats, TLanes>(_last.Span[.._weights.Last.Outputs], _output, _scratch);
    }
}
