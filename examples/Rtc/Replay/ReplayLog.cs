using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>
/// What the receiver decided in a replay: its hash and, where asked for, a line of text for each change of operation and
/// each stretch. Blocks count once they are committed, as the blocks behind the last received sample belong to no call.
/// </summary>
internal sealed class ReplayLog : IPlayoutLog
{
    private readonly TextWriter? _lines;
    private readonly PlayoutHash _hash = new();
    private readonly List<PlayoutStep> _uncommitted = [];
    private PlayoutOperation? _last;

    public ReplayLog(TextWriter? lines)
    {
        _lines = lines;
        _lines?.WriteLine("time_ms\toperation\tstretched_samples\trtp_timestamp\tdelay_ms\ttarget_ms\twaiting_packets");
    }

    /// <summary>The hash of the committed blocks.</summary>
    public string Hash => _hash.ToString();

    public void OnBlock(in PlayoutStep step) => _uncommitted.Add(step);

    /// <summary>Takes the blocks so far into the hash and the text.</summary>
    public void Commit()
    {
        foreach (PlayoutStep step in _uncommitted)
        {
            if (step.Operation != _last || step.StretchedSamples != 0)
            {
                _lines?.WriteLine(
                    $"{10 * _hash.Blocks}\t{step.Operation}\t{step.StretchedSamples}\t{step.RtpTimestamp}\t{step.DelayMs}\t{step.TargetMs}\t{step.WaitingPackets}");
            }

            _last = step.Operation;
            _hash.OnBlock(step);
        }

        _uncommitted.Clear();
    }
}
