namespace RtcEnhance.Browser.Reporting;

/// <summary>
/// What must hold of a call on any machine, however slow: nothing here measures speed. The limits lie well below what
/// was measured.
/// </summary>
internal static class CallChecks
{
    /// <summary>The promise of our delay at the browser's concealed share.</summary>
    private const double PromisedDelayRatio = 1.05;

    private const double ComparableSeconds = 20;

    public static void Run(CallResult call, Checks checks)
    {
        double loss = call.LossPercent / 100;
        double packets = call.Ours.Seconds * 50 * (1 - loss);
        checks.AtLeast("audio packets of what was sent", call.Ours.PacketsReceived / packets, 0.5);
        checks.AtLeast("speech follows the clip, correlation", call.OurSpeech.Correlation, Math.Max(0.3, 0.8 - (2.5 * loss)));
        checks.AtLeast("speech is understood, STOI", call.OurSpeech.Stoi, 0.85 - (1.5 * loss));
        checks.Add("the network's loss is concealed", call.Ours.ConcealedPercent <= (2 * call.LossPercent) + 10, $"{call.Ours.ConcealedPercent:0.00} % concealed");
        checks.AtLeast("pictures decoded", call.OurVideo.FramesDecoded, 10);
        checks.AtLeast("pictures decoded like the clip, PSNR", call.Pictures.DecodedPsnr, 26, " dB");
        checks.AtLeast("pictures enlarged", call.Pictures.Enlarged, 1);
        checks.AtLeast("pictures enlarged like the original, PSNR", call.Pictures.ShownPsnr, 25, " dB");
        if (call.EchoSpeech is { } echo)
        {
            checks.AtLeast("the browser hears what is sent back, STOI", echo.Stoi, 0.8);
            checks.AtLeast("the browser decodes what is sent back, pictures", call.EchoPictures ?? 0, 10);
        }

        if (call.Theirs is null)
            return;
        checks.AtLeast("the browser plays the same packets, STOI", call.TheirSpeech!.Stoi, 0.8 - (1.5 * loss));
        checks.AtLeast("the browser decodes the same pictures", call.TheirVideo!.FramesDecoded, 1);

        // In a short call some concealed blocks are chance.
        if (call.Ours.Seconds >= ComparableSeconds)
            checks.Add("our delay at the browser's concealed share", call.DelayRatio <= PromisedDelayRatio, $"{call.DelayRatio:0.00} of the browser's (at most {PromisedDelayRatio})");
    }
}
