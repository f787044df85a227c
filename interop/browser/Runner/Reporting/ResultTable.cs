namespace RtcEnhance.Browser.Reporting;

/// <summary>The calls side by side: our receiver and the browser's on the same packets.</summary>
internal static class ResultTable
{
    public static void Print(IReadOnlyList<CallResult> calls, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine("audio, ours | browser on the same packets (delay: from a packet's arrival to its decoding)");
        writer.WriteLine($"  {"browser",-9} {"way",-26} {"loss",5} {"delay ms",15} {"concealed %",15} {"jitter ms",13} {"events",11} {"STOI",13} {"correlation",13} {"ours at its share",18} {"ratio",6}");
        foreach (CallResult call in calls)
        {
            string atShare = call.OurDelayAtTheirShareMs is { } ms ? $"{ms:0.0} ms" : call.Theirs is null ? "-" : "not reached";
            writer.WriteLine($"  {call.Browser,-9} {call.Way,-26} {call.LossPercent,4:0}% {Pair(call.Ours.DelayMs, call.Theirs?.DelayMs, "0.0"),15} {Pair(call.Ours.ConcealedPercent, call.Theirs?.ConcealedPercent, "0.00"),15} {Pair(call.Ours.JitterMs, call.Theirs?.JitterMs, "0.0"),13} {Pair(call.Ours.ConcealmentEvents, call.Theirs?.ConcealmentEvents, "0"),11} {Pair(call.OurSpeech.Stoi, call.TheirSpeech?.Stoi, "0.000"),13} {Pair(call.OurSpeech.Correlation, call.TheirSpeech?.Correlation, "0.000"),13} {atShare,18} {call.DelayRatio?.ToString("0.00") ?? "-",6}");
        }

        writer.WriteLine();
        writer.WriteLine("video, ours | browser on the same packets (PSNR of luma against the clip: as decoded; enlarged by bicubic, as shown)");
        writer.WriteLine($"  {"browser",-9} {"way",-26} {"loss",5} {"decoded",11} {"freezes",11} {"frozen s",13} {"PLI",9} {"size",9} {"codec",6} {"decoded dB",11} {"bicubic dB",11} {"shown dB",9}");
        foreach (CallResult call in calls)
            writer.WriteLine($"  {call.Browser,-9} {call.Way,-26} {call.LossPercent,4:0}% {Pair(call.OurVideo.FramesDecoded, call.TheirVideo?.FramesDecoded, "0"),11} {Pair(call.OurVideo.FreezeCount, call.TheirVideo?.FreezeCount, "0"),11} {Pair(call.OurVideo.FreezeSeconds, call.TheirVideo?.FreezeSeconds, "0.0"),13} {Pair(call.OurKeyFrameRequests, call.TheirVideo is null ? null : call.TheirKeyFrameRequests, "0"),9} {$"{call.OurVideo.Width}x{call.OurVideo.Height}",9} {VideoCodec(call),6} {call.Pictures.DecodedPsnr,11:0.00} {call.Pictures.BicubicPsnr,11:0.00} {call.Pictures.ShownPsnr,9:0.00}");
    }

    private static string VideoCodec(CallResult call) => call.Codecs.Split(' ').FirstOrDefault(codec => codec.StartsWith("video/", StringComparison.Ordinal))?["video/".Length..] ?? "-";

    private static string Pair(double ours, double? theirs, string format) => $"{ours.ToString(format)} | {theirs?.ToString(format) ?? "-"}";
}
