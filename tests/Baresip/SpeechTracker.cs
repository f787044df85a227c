using System.Numerics;

namespace RtcEnhance.Baresip;

/// <summary>
/// Puts a recording back onto the time line of what was said, piece by piece: playout stretches, a queue grows and shrinks,
/// and neither is what intelligibility is about. Begins at the piece that is found best and goes outward from it, so that a
/// piece that was lost does not mislead the others. The same is done to every recording. Thread-safe.
/// </summary>
internal sealed class SpeechTracker
{
    private const int RateHz = Speech.RateHz;
    private const int Piece = RateHz / 2;
    private const int Reach = 60 * RateHz / 1000;
    private const int Step = 8;
    private const int Anchors = 4;

    // Below it, a match is chance.
    private const double LeastMatch = 0.4;

    private readonly float[] _said;
    private readonly float[] _heard;
    private readonly float[] _coarseSaid;
    private readonly float[] _coarseHeard;

    public SpeechTracker(float[] said, float[] heard)
    {
        _said = said;
        _heard = heard;
        _coarseSaid = Decimate(said);
        _coarseHeard = Decimate(heard);
    }

    /// <summary>What was heard of the speech's first so many seconds, as long as they are.</summary>
    public float[] Align(int seconds)
    {
        int pieces = Math.Min(seconds * RateHz, _said.Length) / Piece;
        (int anchor, int lag) = FindAnchor(pieces);
        var aligned = new float[pieces * Piece];
        Copy(anchor, lag, aligned);
        for (int i = anchor + 1, at = lag; i < pieces; i++)
            Copy(i, at = Track(i, at), aligned);
        for (int i = anchor - 1, at = lag; i >= 0; i--)
            Copy(i, at = Track(i, at), aligned);
        return aligned;
    }

    private (int Piece, int Lag) FindAnchor(int pieces)
    {
        (int Piece, int Lag, double Match) best = (0, 0, double.MinValue);
        for (int i = 0; i < Anchors; i++)
        {
            int piece = ((2 * i) + 1) * pieces / (2 * Anchors);
            (int at, double match) = Best(_coarseSaid, piece * Piece / Step, Piece / Step, _coarseHeard, 0, _coarseHeard.Length);
            if (match > best.Match)
                best = (piece, (at * Step) - (piece * Piece), match);
        }

        return (best.Piece, Track(best.Piece, best.Lag));
    }

    /// <summary>The lag of a piece, near its neighbour's; the neighbour's where there is nothing like it.</summary>
    private int Track(int piece, int lag)
    {
        int from = piece * Piece;
        (int coarse, double match) = Best(_coarseSaid, from / Step, Piece / Step, _coarseHeard, (from + lag - Reach) / Step, (from + lag + Reach) / Step);
        if (match < LeastMatch)
            return lag;
        (int at, _) = Best(_said, from, Piece, _heard, (coarse - 1) * Step, (coarse + 1) * Step);
        return at - from;
    }

    private void Copy(int piece, int lag, float[] aligned)
    {
        for (int i = piece * Piece; i < (piece + 1) * Piece; i++)
            aligned[i] = i + lag >= 0 && i + lag < _heard.Length ? _heard[i + lag] : 0;
    }

    private static (int At, double Match) Best(float[] said, int start, int length, float[] heard, int from, int to)
    {
        (int At, double Match) best = (Math.Max(0, from), double.MinValue);
        for (int at = best.At; at <= Math.Min(to, heard.Length - length); at++)
        {
            double match = Match(said.AsSpan(start, length), heard.AsSpan(at, length));
            if (match > best.Match)
                best = (at, match);
        }

        return best;
    }

    private static double Match(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double energy = Dot(a, a) * Dot(b, b);
        return energy <= 1e-12 ? 0 : Dot(a, b) / Math.Sqrt(energy);
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
            sums += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        float sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static float[] Decimate(float[] samples)
    {
        var decimated = new float[samples.Length / Step];
        for (int i = 0; i < decimated.Length; i++)
        {
            for (int k = 0; k < Step; k++)
                decimated[i] += samples[(i * Step) + k];
        }

        return decimated;
    }
}
