using RtcEnhance.Loopback.Receiving;
using RtcEnhance.Loopback.Report;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Loopback.Scoring;

/// <summary>
/// What the listener heard, put back onto the time line of what was said: as played, without the stages, and without
/// loss. Each has its own playout log, and its own lag, because the stages' filters delay differently.
/// </summary>
internal sealed class AudioScore
{
    /// <summary>What encoder, decoder and stages delay beyond the playout log's timestamps is never longer than this.</summary>
    private const int MaxLagSamples = SourceClip.SpeechRateHz / 10;

    private readonly int _clockRateHz;

    public AudioScore(CallRecording call, float[] speech, IReadOnlyList<TimedDatagram> sent)
    {
        Original = AudioPackets.Repeat(speech, (int)(call.Options.Seconds * SourceClip.SpeechRateHz));
        CallReceiver receiver = call.Receiver;
        _clockRateHz = AudioPackets.ClockRateHz(call.Options.AudioCodec);
        float[] played = [.. receiver.Played];
        Timeline = new MediaTimeline(receiver.Playout.Steps, _clockRateHz);
        (Enhanced, int lag) = Align(new AudioTake(played, receiver.Playout.Steps));
        AudioTake withoutStages = AudioReplay.WithoutStages(call.Options, receiver, call.TicksPerSecond);
        (ZeroFill, _) = Align(withoutStages);
        (LossFree, _) = Align(AudioReplay.WithoutLoss(call.Options, sent, receiver.Pulls, call.TicksPerSecond));
        FilterDelayMs = lag * 1000.0 / SourceClip.SpeechRateHz;
        Delay = Distribution.FromMilliseconds([.. Timeline.DelaysMs.Select(delay => delay + FilterDelayMs)]);
        int medianLag = Math.Max(0, (int)(Delay.P50Ms * SourceClip.SpeechRateHz / 1000));
        Heard = Alignment.Shift(played, medianLag, Original.Length);
        ZeroFillHeard = Alignment.Shift(withoutStages.Samples, medianLag, Original.Length);
        EnhancedQuality = Score(Enhanced);
        ZeroFillQuality = Score(ZeroFill);
        LossFreeQuality = Score(LossFree);
    }

    public float[] Original { get; }

    public float[] Enhanced { get; }

    public float[] ZeroFill { get; }

    public float[] LossFree { get; }

    /// <summary>What the device got, moved back by the median delay: stretched where that was stretched.</summary>
    public float[] Heard { get; }

    public float[] ZeroFillHeard { get; }

    /// <summary>From sending to the ear.</summary>
    public Distribution Delay { get; }

    public MediaTimeline Timeline { get; }

    /// <summary>From the timestamps of the playout log to the ear.</summary>
    public double FilterDelayMs { get; }

    public AudioQuality EnhancedQuality { get; }

    public AudioQuality ZeroFillQuality { get; }

    public AudioQuality LossFreeQuality { get; }

    private (float[] Samples, int Lag) Align(AudioTake take)
    {
        float[] recording = new MediaTimeline(take.Steps, _clockRateHz).Align(take.Samples, Original.Length + MaxLagSamples);
        int lag = Alignment.FindLag(Original, recording, MaxLagSamples);
        return (Alignment.Shift(recording, lag, Original.Length), lag);
    }

    private AudioQuality Score(float[] samples) => new(
        Stoi.Score(Original, samples, SourceClip.SpeechRateHz),
        Stoi.ExtendedScore(Original, samples, SourceClip.SpeechRateHz),
        LogSpectralDistance.Measure(Original, samples, SourceClip.SpeechRateHz));
}
