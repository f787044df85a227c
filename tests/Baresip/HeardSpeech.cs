using RtcEnhance.Loopback.Scoring;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Baresip;

/// <summary>
/// A recording against what was said. Each second is put back by its own lag, found by correlation: playout stretches
/// and a queue grows, and neither is what intelligibility is about. The same is done to every recording. Thread-safe.
/// </summary>
internal sealed class HeardSpeech
{
    private const int RateHz = Speech.RateHz;
    private const int Piece = RateHz;
    private const int Reach = RateHz / 5;
    private const int MostLag = 30 * RateHz;

    private HeardSpeech(double stoi, double estoi, double seconds) => (Stoi, Estoi, Seconds) = (stoi, estoi, seconds);

    public double Stoi { get; }

    public double Estoi { get; }

    /// <summary>How much was scored.</summary>
    public double Seconds { get; }

    public static HeardSpeech Score(float[] said, float[] heard)
    {
        int lag = FirstLag(said, heard);
        int pieces = Math.Min(said.Length, heard.Length - lag - Reach) / Piece;
        if (pieces < 2)
            throw new InvalidOperationException($"Of {heard.Length / RateHz} s recorded, less than 2 s are speech.");
        var aligned = new float[pieces * Piece];
        for (int i = 0; i < pieces; i++)
        {
            int from = Math.Max(0, (i * Piece) + lag - Reach);
            ReadOnlySpan<float> piece = said.AsSpan(i * Piece, Piece);
            ReadOnlySpan<float> around = heard.AsSpan(from, Math.Min(Piece + (2 * Reach), heard.Length - from));
            lag = from + Alignment.FindLag(piece, around, around.Length - Piece) - (i * Piece);
            heard.AsSpan((i * Piece) + lag, Piece).CopyTo(aligned.AsSpan(i * Piece));
        }

        ReadOnlySpan<float> original = said.AsSpan(0, aligned.Length);
        return new HeardSpeech(
            Testing.Metrics.Stoi.Score(original, aligned, RateHz),
            Testing.Metrics.Stoi.ExtendedScore(original, aligned, RateHz),
            (double)aligned.Length / RateHz);
    }

    // Recordings begin before the call is answered. The speech's first seconds are enough to find them by.
    private static int FirstLag(float[] said, float[] heard)
        => Alignment.FindLag(said.AsSpan(0, Math.Min(said.Length, 4 * RateHz)), heard, Math.Min(MostLag, heard.Length - Piece - Reach));
}
