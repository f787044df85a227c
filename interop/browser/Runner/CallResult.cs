using RtcEnhance.Browser.Scoring;

namespace RtcEnhance.Browser;

/// <summary>What became of one call.</summary>
internal sealed record CallResult
{
    /// <summary>Begins the names of the files that the call leaves.</summary>
    public required string Name { get; init; }

    public required string Browser { get; init; }

    public required string BrowserVersion { get; init; }

    /// <summary>What terminated the call; with SIPSorcery, also who offered.</summary>
    public required string Way { get; init; }

    public required double LossPercent { get; init; }

    public required double JitterMs { get; init; }

    /// <summary>Codecs as the browser names them, audio and video.</summary>
    public required string Codecs { get; init; }

    public required AudioWindow Ours { get; init; }

    public required VideoWindow OurVideo { get; init; }

    public required SpeechMatch OurSpeech { get; init; }

    public required PictureScores Pictures { get; init; }

    /// <summary>The receiving browser on the same packets; null where it had none of them.</summary>
    public AudioWindow? Theirs { get; init; }

    public VideoWindow? TheirVideo { get; init; }

    public SpeechMatch? TheirSpeech { get; init; }

    /// <summary>Our delay at the browser's concealed share; null where we do not get down to it.</summary>
    public double? OurDelayAtTheirShareMs { get; init; }

    /// <summary>That delay, of the browser's; null where it is not known.</summary>
    public double? DelayRatio => OurDelayAtTheirShareMs / Theirs?.DelayMs;

    /// <summary>The points it is taken from.</summary>
    public IReadOnlyList<SweepPoint> Sweep { get; init; } = [];

    /// <summary>What the browser heard of its own packets that were sent back to it; null where none were.</summary>
    public SpeechMatch? EchoSpeech { get; init; }

    /// <summary>What it decoded of them; null where none were sent back.</summary>
    public int? EchoPictures { get; init; }

    /// <summary>Requests for key frames: ours, and the browser's.</summary>
    public int OurKeyFrameRequests { get; init; }

    public int TheirKeyFrameRequests { get; init; }
}
