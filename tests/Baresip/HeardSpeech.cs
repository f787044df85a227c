using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Baresip;

/// <summary>A recording scored against what was said. Thread-safe.</summary>
internal readonly record struct HeardSpeech(double Stoi, double Estoi)
{
    public static HeardSpeech Score(float[] said, float[] heard, int seconds)
    {
        float[] aligned = new SpeechTracker(said, heard).Align(seconds);
        ReadOnlySpan<float> original = said.AsSpan(0, aligned.Length);
        return new HeardSpeech(
            Testing.Metrics.Stoi.Score(original, aligned, Speech.RateHz),
            Testing.Metrics.Stoi.ExtendedScore(original, aligned, Speech.RateHz));
    }
}
