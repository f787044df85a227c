using RtcEnhance.Audio;
using RtcEnhance.Loopback.Sending;

namespace RtcEnhance.Loopback.Scoring;

/// <summary>
/// When which part of the sent audio was played, from the playout log. A delay that changes and voice that is stretched
/// shift a recording against the original; here every moment of the original finds its moment of the recording.
/// Thread-safe.
/// </summary>
public sealed class MediaTimeline
{
    private const int BlockSamples = SourceClip.SpeechRateHz / 100;

    /// <summary>2.5 ms over which a recording goes over from one delay to the next.</summary>
    private const int FadeSamples = SourceClip.SpeechRateHz / 400;

    private readonly List<Anchor> _anchors = [];

    /// <summary>Reads a log.</summary>
    /// <param name="steps">Blocks of 10 ms from the start of the call on.</param>
    /// <param name="clockRateHz">Rate of the RTP timestamps, which start at 0.</param>
    public MediaTimeline(IReadOnlyList<PlayoutStep> steps, int clockRateHz)
    {
        ArgumentNullException.ThrowIfNull(steps);
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i].Operation is not (PlayoutOperation.Normal or PlayoutOperation.Merge or PlayoutOperation.Accelerate or PlayoutOperation.PreemptiveExpand))
                continue;
            int end = (int)((int)steps[i].RtpTimestamp * (long)SourceClip.SpeechRateHz / clockRateHz);
            int start = end - BlockSamples;
            _anchors.Add(new Anchor(start, (i * BlockSamples) - start));
        }
    }

    /// <summary>From sending to the pull, of every block of received sound, in milliseconds.</summary>
    public IEnumerable<double> DelaysMs => _anchors.Select(anchor => anchor.Delay * 1000.0 / SourceClip.SpeechRateHz);

    /// <summary>From sending to the pull of one moment, in milliseconds; null where nothing was received.</summary>
    /// <param name="seconds">The moment, from the start of the call.</param>
    public double? DelayMsAt(double seconds)
    {
        int index = _anchors.FindLastIndex(anchor => anchor.Start <= seconds * SourceClip.SpeechRateHz);
        return index < 0 ? null : _anchors[index].Delay * 1000.0 / SourceClip.SpeechRateHz;
    }

    /// <summary>The recording on the original's time line.</summary>
    /// <param name="played">What was played, 48 kHz mono.</param>
    /// <param name="length">Length of the result in samples.</param>
    /// <returns>
    /// Each block of received sound where it belongs, and after it whatever was played in place of the next one.
    /// </returns>
    public float[] Align(ReadOnlySpan<float> played, int length)
    {
        var aligned = new float[length];
        for (int i = 0; i < _anchors.Count; i++)
        {
            (int start, int delay) = _anchors[i];
            int end = i + 1 < _anchors.Count ? _anchors[i + 1].Start + FadeSamples : length;
            for (int at = Math.Max(0, start); at < Math.Min(end, length) && at + delay < played.Length; at++)
            {
                float gain = Math.Min(1, (at - start + 1f) / FadeSamples);
                aligned[at] += gain * (played[at + delay] - aligned[at]);
            }
        }

        return aligned;
    }

    /// <summary>A block of received sound.</summary>
    /// <param name="Start">Its place in the original, in samples.</param>
    /// <param name="Delay">How much later it was played, in samples.</param>
    private readonly record struct Anchor(int Start, int Delay);
}
