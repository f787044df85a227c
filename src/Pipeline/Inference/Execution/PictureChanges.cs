using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RtcEnhance.Inference;

/// <summary>
/// Keeps the newest picture of a stream and finds out which of its samples have changed since results were made of
/// them. Neighbours in a row are told apart in cells; a change counts until all rows that depend on it are made. One
/// thread at a time.
/// </summary>
/// <param name="reach">Rows above and below that a result depends on.</param>
internal sealed class PictureChanges(int reach)
{
    private const int CellSamples = 2;
    private const int WordCells = 64;
    private const int WordSamples = WordCells * CellSamples;

    // The largest kernels make this many samples at a time; a smaller gap between two runs would be made twice.
    private const int LeastGap = 8;

    private byte[] _luma = [];
    private bool[] _isMade = [];
    private ColumnRun[] _runs = [];

    // One bit for each cell, row after row, with an empty row above and below: cells with changes in them, then those
    // with changes up to one, two, ... rows away.
    private ulong[][] _cells = [[]];
    private int _words;
    private int _width;
    private int _height;

    /// <summary>True where the newest picture has samples that count as changed.</summary>
    public bool Any { get; private set; }

    /// <summary>Prepares for pictures of another size; the first one counts as changed everywhere.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="mostDistance">Rows and columns away from a change that will be asked for.</param>
    public void Resize(int width, int height, int mostDistance)
    {
        _width = width;
        _height = height;
        _words = (width + WordSamples - 1) / WordSamples;
        _luma = new byte[width * height];
        _isMade = new bool[height];
        _runs = new ColumnRun[(width / LeastGap) + 1];
        _cells = new ulong[mostDistance + 1][];
        for (int i = 0; i < _cells.Length; i++)
            _cells[i] = new ulong[(height + 2) * _words];
        Reset();
    }

    /// <summary>The next picture counts as changed everywhere.</summary>
    public void Reset()
    {
        Cells(0, 0, _height).Fill(ulong.MaxValue);
        Array.Clear(_isMade);
    }

    /// <summary>Before a picture: forgets the changes of rows around which all results were made.</summary>
    public void Begin()
    {
        int lastUnmade = int.MinValue;
        int seen = 0;
        for (int y = 0; y < _height; y++)
        {
            for (; seen < Math.Min(y + reach + 1, _height); seen++)
            {
                if (!_isMade[seen])
                    lastUnmade = seen;
            }

            if (lastUnmade < y - reach)
                Cells(0, y, 1).Clear();
        }

        Array.Clear(_isMade);
    }

    /// <summary>Takes the picture.</summary>
    /// <param name="source">Its first sample and on.</param>
    /// <param name="stride">Bytes from one of its rows to the next.</param>
    public void Take(ReadOnlySpan<byte> source, int stride)
    {
        for (int y = 0; y < _height; y++)
        {
            ReadOnlySpan<byte> row = source.Slice(y * stride, _width);
            Span<byte> kept = _luma.AsSpan(y * _width, _width);
            if (row.SequenceEqual(kept))
                continue;
            Compare(row, kept, Cells(0, y, 1));
            row.CopyTo(kept);
        }

        Any = Cells(0, 0, _height).ContainsAnyExcept(0ul);
        if (!Any)
            return;
        for (int distance = 1; distance < _cells.Length; distance++)
            Widen(_cells[distance - 1], _cells[distance]);
    }

    /// <summary>A row of the newest picture.</summary>
    public ReadOnlySpan<byte> Row(int y) => _luma.AsSpan(y * _width, _width);

    /// <summary>True where a sample at most so many rows away from a row has changed.</summary>
    public bool IsNear(int y, int distance) => Cells(distance, y, 1).ContainsAnyExcept(0ul);

    /// <summary>The samples of a row at most so many rows and columns away from one that has changed.</summary>
    /// <returns>From left to right, with gaps between them that are worth it; valid until the next call.</returns>
    public ReadOnlySpan<ColumnRun> RunsNear(int y, int distance) => RunsNear(y, 1, distance);

    /// <summary>The same of neighbouring rows together.</summary>
    /// <param name="y">The first row.</param>
    /// <param name="rows">Rows, as far as the picture has them.</param>
    /// <param name="distance">Rows and columns away from a change.</param>
    public ReadOnlySpan<ColumnRun> RunsNear(int y, int rows, int distance)
    {
        ReadOnlySpan<ulong> cells = Cells(distance, y, Math.Min(rows, _height - y));
        int count = 0;
        for (int word = 0; word < _words; word++)
        {
            ulong bits = cells[word];
            for (int other = word + _words; other < cells.Length; other += _words)
                bits |= cells[other];
            while (bits != 0)
            {
                int first = BitOperations.TrailingZeroCount(bits);
                int end = first + BitOperations.TrailingZeroCount(~(bits >> first));
                int start = Math.Max((word * WordSamples) + (first * CellSamples) - distance, 0);
                int stop = Math.Min((word * WordSamples) + (end * CellSamples) + distance, _width);
                if (count > 0 && start - _runs[count - 1].End < LeastGap)
                    _runs[count - 1] = new ColumnRun(_runs[count - 1].First, stop);
                else
                    _runs[count++] = new ColumnRun(start, stop);
                bits = end < WordCells ? bits & (ulong.MaxValue << end) : 0;
            }
        }

        return _runs.AsSpan(0, count);
    }

    /// <summary>Tells that a row's result was made of the newest picture.</summary>
    public void MarkMade(int y) => _isMade[y] = true;

    private Span<ulong> Cells(int distance, int y, int rows) => _cells[distance].AsSpan((y + 1) * _words, rows * _words);

    private static void Compare(ReadOnlySpan<byte> row, ReadOnlySpan<byte> kept, Span<ulong> cells)
    {
        int x = 0;
        ref byte a = ref MemoryMarshal.GetReference(row);
        ref byte b = ref MemoryMarshal.GetReference(kept);
        for (; x <= row.Length - Vector256<byte>.Count; x += Vector256<byte>.Count)
        {
            Vector256<ushort> same = Vector256.Equals(Vector256.LoadUnsafe(ref a, (nuint)x).AsUInt16(), Vector256.LoadUnsafe(ref b, (nuint)x).AsUInt16());
            cells[x / WordSamples] |= (ulong)(ushort)~same.ExtractMostSignificantBits() << (x / CellSamples % WordCells);
        }

        for (; x < row.Length; x++)
        {
            if (row[x] != kept[x])
                cells[x / WordSamples] |= 1ul << (x / CellSamples % WordCells);
        }
    }

    // Each row with the one above and below.
    private void Widen(ReadOnlySpan<ulong> cells, Span<ulong> wider)
    {
        int end = cells.Length - _words;
        int i = _words;
        for (; i <= end - Vector<ulong>.Count; i += Vector<ulong>.Count)
            (new Vector<ulong>(cells[(i - _words)..]) | new Vector<ulong>(cells[i..]) | new Vector<ulong>(cells[(i + _words)..])).CopyTo(wider[i..]);
        for (; i < end; i++)
            wider[i] = cells[i - _words] | cells[i] | cells[i + _words];
    }
}
