using RtcEnhance.Loopback.Receiving;
using RtcEnhance.Loopback.Report;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Loopback.Scoring;

/// <summary>
/// What the listener heard, aligned with what was said: as played, without the stages, and without loss. Each is
/// moved back by its own lag, because the stages' filters delay differently.
/// </summary>
internal sealed class AudioScore
{
    /// <summary>A listener's delay is never longer than this.</summary>
    private const int MaxLagSamples = 2 * SourceClip.SpeechRateHz;

    public AudioScore(CallRecording call, float[] speech, IReadOnlyList<TimedDatagram> sent)
    {
        Original = AudioPackets.Repeat(speech, (int)(call.Options.Seconds * SourceClip.SpeechRateHz));
        CallReceiver receiver = call.Receiver;
        (Enhanced, LagSamples) = Align([.. receiver.Played]);
        (ZeroFill, _) = Align(AudioReplay.WithoutStages(call.Options, receiver.Arrivals, receiver.Pulls, call.TicksPerSecond));
        (LossFree, _) = Align(AudioReplay.WithoutLoss(call.Options, sent, receiver.Pulls, call.TicksPerSecond));
        EnhancedQuality = Score(Enhanced);
        ZeroFillQuality = Score(ZeroFill);
        LossFreeQuality = Score(LossFree);
    }

    public float[] Original { get; }

    public float[] Enhanced { get; }

    public float[] ZeroFill { get; }

    public float[] LossFree { get; }

    public int LagSamples { get; }

    public AudioQuality EnhancedQuality { get; }

    public AudioQuality ZeroFillQuality { get; }

    public AudioQuality LossFreeQuality { get; }

    private (float[] Samples, int Lag) Align(float[] recording)
    {
        int lag = Alignment.FindLag(Original, recording, MaxLagSamples);
        return (Alignment.Shift(recording, lag, Original.Length), lag);
    }

    private AudioQuality Score(float[] samples) => new(
        Stoi.Score(Original, samples, SourceClip.SpeechRateHz),
        Stoi.ExtendedScore(Original, samples, SourceClip.SpeechRateHz),
        LogSpectralDistance.Measure(Original, samples, SourceClip.SpeechRateHz));
}
