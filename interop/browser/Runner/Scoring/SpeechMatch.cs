using RtcEnhance.Loopback.Scoring;
using RtcEnhance.Loopback.Sending;

namespace RtcEnhance.Browser.Scoring;

/// <summary>
/// How well a recording follows the clip that was played in a loop. Nobody says where in the clip it begins, and its delay
/// changes, so it is found piece by piece; the same way for our recording and for the browser's. Thread-safe.
/// </summary>
/// <param name="Correlation">Median over the pieces that hold speech, 0 to 1.</param>
/// <param name="Stoi">Short-time objective intelligibility, 1 is perfect.</param>
/// <param name="Seconds">Length of what was compared.</param>
internal sealed record SpeechMatch(double Correlation, double Stoi, double Seconds)
{
    private const int RateHz = SourceClip.SpeechRateHz;
    private const int BlockSamples = RateHz / 100;

    /// <summary>Every fourth sample is enough to find a place; the exact one is looked for around it.</summary>
    private const int CoarseStep = 4;

    private const int PieceSamples = RateHz * 320 / 1000;
    private const int HopSamples = RateHz * 160 / 1000;
    private const int ReachSamples = RateHz * 60 / 1000;

    private const int AnchorSamples = RateHz * 4;

    /// <summary>While the place is not known it is looked for further and further away.</summary>
    private const int LostReachSamples = RateHz * 3 / 2;

    /// <summary>Below this a piece was concealed or holds no speech, and the delay before it goes on.</summary>
    private const double LeastCorrelation = 0.5;

    /// <summary>Where the clip is this much quieter than its mean it holds no speech.</summary>
    private const double SpeechShare = 0.1;

    /// <summary>Finds and scores a recording.</summary>
    /// <param name="clip">What was played in a loop, 48 kHz mono.</param>
    /// <param name="recording">What was heard, 48 kHz mono.</param>
    /// <returns>The scores; all zero where the recording is shorter than a second or silent.</returns>
    public static SpeechMatch Find(float[] clip, float[] recording) => Align(clip, recording).Match;

    /// <summary>Finds and scores a recording.</summary>
    /// <param name="clip">What was played in a loop, 48 kHz mono.</param>
    /// <param name="recording">What was heard, 48 kHz mono.</param>
    /// <returns>The scores, the part of the loop that was heard, and the recording on its time line.</returns>
    public static (SpeechMatch Match, float[] Original, float[] Heard) Align(float[] clip, float[] recording)
    {
        if (recording.Length < RateHz || !recording.AsSpan().ContainsAnyExcept(0f))
            return (new SpeechMatch(0, 0, recording.Length / (double)RateHz), [], []);
        int start = FindStart(clip, recording) * BlockSamples;
        float[] original = Loop(clip, start, recording.Length);
        double meanEnergy = Energy(original) / original.Length;
        float[] coarseOriginal = Decimate(original);
        float[] coarseRecording = Decimate(recording);
        var heard = new float[original.Length];
        var correlations = new List<double>();
        int lag = 0;
        int reach = RateHz * 150 / 1000;
        for (int at = 0; at + PieceSamples <= original.Length; at += HopSamples)
        {
            int coarse = Best(coarseOriginal, coarseRecording, at / CoarseStep, PieceSamples / CoarseStep, lag / CoarseStep, reach / CoarseStep).Lag * CoarseStep;
            (int found, double correlation) = Best(original, recording, at, PieceSamples, coarse, 2 * CoarseStep);
            bool isFound = correlation >= LeastCorrelation;
            lag = isFound ? found : lag;
            reach = isFound ? ReachSamples : Math.Min(reach + (2 * ReachSamples), LostReachSamples);
            if (Energy(original.AsSpan(at, PieceSamples)) / PieceSamples >= SpeechShare * meanEnergy)
                correlations.Add(Math.Max(0, correlation));
            Place(recording, lag, heard, at);
        }

        correlations.Sort();
        double median = correlations.Count == 0 ? 0 : correlations[correlations.Count / 2];
        double stoi = Testing.Metrics.Stoi.Score(original, heard, RateHz);
        return (new SpeechMatch(median, double.IsNaN(stoi) ? 0 : stoi, recording.Length / (double)RateHz), original, heard);
    }

    /// <summary>
    /// The block of the clip that the recording begins with, told by the stretch of it whose envelope is most like the clip's:
    /// a browser that is starved plays its clip with gaps.
    /// </summary>
    private static int FindStart(float[] clip, float[] recording)
    {
        double[] levels = Envelope(clip);
        int best = 0;
        double highest = double.MinValue;
        for (int from = 0; from == 0 || from + AnchorSamples <= recording.Length; from += AnchorSamples)
        {
            double[] anchor = Envelope(recording.AsSpan(from, Math.Min(AnchorSamples, recording.Length - from)));
            for (int start = 0; start < levels.Length; start++)
            {
                double likeness = Likeness(levels, start, anchor);
                if (likeness > highest)
                    (highest, best) = (likeness, start - (from / BlockSamples));
            }
        }

        return ((best % levels.Length) + levels.Length) % levels.Length;
    }

    private static double Likeness(double[] levels, int start, double[] anchor)
    {
        double sum = 0;
        double energy = 1e-9;
        double anchorEnergy = 1e-9;
        for (int i = 0; i < anchor.Length; i++)
        {
            double level = levels[(start + i) % levels.Length];
            sum += level * anchor[i];
            energy += level * level;
            anchorEnergy += anchor[i] * anchor[i];
        }

        return sum / Math.Sqrt(energy * anchorEnergy);
    }

    /// <summary>The level of each block, without its mean.</summary>
    private static double[] Envelope(ReadOnlySpan<float> samples)
    {
        var levels = new double[samples.Length / BlockSamples];
        for (int i = 0; i < levels.Length; i++)
            levels[i] = Math.Sqrt(Energy(samples.Slice(i * BlockSamples, BlockSamples)));
        double mean = levels.Average();
        for (int i = 0; i < levels.Length; i++)
            levels[i] -= mean;
        return levels;
    }

    private static float[] Loop(float[] clip, int start, int length)
    {
        var loop = new float[length];
        for (int i = 0; i < length; i++)
            loop[i] = clip[(start + i) % clip.Length];
        return loop;
    }

    private static (int Lag, double Correlation) Best(ReadOnlySpan<float> original, ReadOnlySpan<float> recording, int at, int length, int around, int reach)
    {
        ReadOnlySpan<float> piece = original.Slice(at, Math.Min(length, original.Length - at));
        double energy = Energy(piece);
        int best = around;
        double highest = -1;
        for (int lag = around - reach; lag <= around + reach; lag++)
        {
            if (at + lag < 0 || at + lag + piece.Length > recording.Length)
                continue;
            ReadOnlySpan<float> other = recording.Slice(at + lag, piece.Length);
            double correlation = Alignment.Dot(piece, other) / Math.Sqrt((energy * Energy(other)) + 1e-9);
            if (correlation > highest)
                (highest, best) = (correlation, lag);
        }

        return (best, highest);
    }

    /// <summary>Puts a hop's worth of the recording where it belongs, faded over from what is there.</summary>
    private static void Place(float[] recording, int lag, float[] heard, int at)
    {
        const int Fade = RateHz / 200;
        for (int i = 0; i < PieceSamples && at + i < heard.Length; i++)
        {
            int from = at + i + lag;
            float sample = from >= 0 && from < recording.Length ? recording[from] : 0;
            float gain = at == 0 ? 1 : Math.Min(1, (i + 1f) / Fade);
            heard[at + i] += gain * (sample - heard[at + i]);
        }
    }

    private static float[] Decimate(float[] samples)
    {
        var decimated = new float[samples.Length / CoarseStep];
        for (int i = 0; i < decimated.Length; i++)
        {
            for (int k = 0; k < CoarseStep; k++)
                decimated[i] += samples[(i * CoarseStep) + k];
        }

        return decimated;
    }

    private static double Energy(ReadOnlySpan<float> samples) => Alignment.Dot(samples, samples);
}
