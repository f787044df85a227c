using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RtcEnhance.Inference;

namespace RtcEnhance.Benchmarks.Candidates;

/// <summary>A layer of bytes that the engine does not have. One thread at a time.</summary>
internal sealed class CandidateLayer<TLanes, TFloats> : IRowLayer
    where TLanes : struct, IIntegerLanes<TLanes>
    where TFloats : struct, IFloatLanes<TFloats>
{
    private const int Wide = ByteConvolution.Channels;

    private readonly CandidateKind _kind;
    private readonly QuantisedLayer _layer;
    private readonly AlignedBuffer<byte> _weights;
    private readonly AlignedBuffer<int> _biases;
    private readonly Requantiser _requantiser;
    private readonly RowRing<byte> _source;
    private readonly RowRing<byte> _target;
    private readonly AlignedBuffer<int> _sums = new((ByteConvolution.MostSamples + 1) * Wide);
    private readonly AlignedBuffer<byte> _made = new((ByteConvolution.MostSamples + 1) * Wide);

    /// <summary>A layer.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="layer">The convolution.</param>
    /// <param name="step">What one unit of its activations is worth.</param>
    /// <param name="zero">The activation that stands for zero.</param>
    /// <param name="source">What it reads.</param>
    /// <param name="target">What it writes: of as many channels, of 8 for a square kernel, of 16 for a ghost.</param>
    public CandidateLayer(CandidateKind kind, QuantisedLayer layer, float step, int zero, RowRing<byte> source, RowRing<byte> target)
    {
        _kind = kind;
        _layer = layer;
        _source = source;
        _target = target;
        int made = kind == CandidateKind.Ghost ? source.Channels : target.Channels;
        _requantiser = new Requantiser(layer, step, zero, 0, 0, made);
        _weights = kind switch
        {
            CandidateKind.Square => PackedWeights.Wides(layer),
            CandidateKind.Point => CandidateKernels.PackLine(layer, 1, made),
            CandidateKind.Column or CandidateKind.Row => CandidateKernels.PackLine(layer, 3, made),
            _ => CandidateKernels.PackDepthwise(layer),
        };
        bool isPaired = made < Wide && kind is (CandidateKind.Point or CandidateKind.Column or CandidateKind.Row);
        _biases = PackedWeights.Padded<int>(layer.Biases, isPaired ? 2 : 1);
        for (int i = made; i < Wide && !isPaired; i++)
            _biases[i] = _biases[i % made];
    }

    /// <inheritdoc/>
    public int Reach => _kind == CandidateKind.Point ? 0 : 1;

    /// <inheritdoc/>
    public long PictureBytes(int width, int height) => _target.PictureLength(width, height);

    /// <inheritdoc/>
    public void Begin(int width, int height, bool keepsAll) => _target.Begin(width, height, keepsAll);

    /// <inheritdoc/>
    public void ComputeRow(int y, ReadOnlySpan<ColumnRun> runs)
    {
        Span<nint> rows = stackalloc nint[3];
        ref byte above = ref _source.Window(y, rows);
        ref byte here = ref Unsafe.Add(ref above, rows[1]);
        ref byte below = ref Unsafe.Add(ref above, rows[2]);
        ref byte to = ref _target.Row(y);
        foreach (ColumnRun run in runs)
        {
            for (int x = run.First; x < run.End; x += ByteConvolution.MostSamples)
            {
                int count = ByteConvolution.CountAt(x, run);
                nint at = (nint)x * _source.Channels;
                ref byte target = ref Unsafe.Add(ref to, (nint)x * _target.Channels);
                Sum(ref Unsafe.Add(ref above, at), ref Unsafe.Add(ref here, at), ref Unsafe.Add(ref below, at), count);
                if (_kind == CandidateKind.Ghost)
                {
                    _requantiser.Apply<TFloats>(_sums.Span[..(count * _source.Channels)], ref _made[0], ref _made[0]);
                    Join(ref Unsafe.Add(ref here, at + _source.Channels), ref _made[0], ref target, count);
                }
                else
                {
                    _requantiser.Apply<TFloats>(_sums.Span[..(count * _target.Channels)], ref target, ref target);
                }
            }
        }

        _target.CloseRow(y);
    }

    // The channels of 8 bytes that came in, then as many that were made.
    private static void Join(ref byte first, ref byte second, ref byte target, int count)
    {
        ref long a = ref Unsafe.As<byte, long>(ref first);
        ref long b = ref Unsafe.As<byte, long>(ref second);
        ref long to = ref Unsafe.As<byte, long>(ref target);
        for (int x = 0; x < count; x++)
        {
            Unsafe.Add(ref to, 2 * x) = Unsafe.Add(ref a, x);
            Unsafe.Add(ref to, (2 * x) + 1) = Unsafe.Add(ref b, x);
        }
    }

    private void Sum(ref byte above, ref byte here, ref byte below, int count)
    {
        ref int sums = ref _sums[0];
        ref byte weights = ref _weights[0];
        ref int biases = ref _biases[0];
        int channels = _source.Channels;
        switch (_kind)
        {
            case CandidateKind.Square:
                // To 8 channels: half vectors, of which nothing is thrown away.
                ByteConvolution.Convolve3x3<IntegerLanes256>(
                    ref above, ref here, ref below, ref weights, PackedWeights.Quads(_layer.Layer), ref biases, _layer.Layer.Outputs, ref sums, _target.Channels, count);
                break;
            case CandidateKind.Point:
                CandidateKernels.Point<TLanes>(ref Unsafe.Add(ref here, channels), ref weights, ref biases, ref sums, channels, count);
                break;
            case CandidateKind.Row:
                CandidateKernels.Line<TLanes>(
                    ref here, ref Unsafe.Add(ref here, channels), ref Unsafe.Add(ref here, 2 * channels), ref weights, ref biases, ref sums, channels, count);
                break;
            case CandidateKind.Column:
                CandidateKernels.Line<TLanes>(
                    ref Unsafe.Add(ref above, channels), ref Unsafe.Add(ref here, channels), ref Unsafe.Add(ref below, channels),
                    ref weights, ref biases, ref sums, channels, count);
                break;
            default:
                CandidateKernels.Depthwise(ref above, ref here, ref below, ref weights, ref biases, ref sums, channels, count * channels);
                break;
        }
    }
}
