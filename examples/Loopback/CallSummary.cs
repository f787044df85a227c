using RtcEnhance.Loopback.Report;

namespace RtcEnhance.Loopback;

/// <summary>The report's figures as a table on the terminal.</summary>
internal static class CallSummary
{
    public static void Print(DemoReport report, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine("network       sent    lost  reordered  duplicates  discarded   jitter");
        foreach (StreamFigures stream in report.Network)
            writer.WriteLine($"  {stream.Name,-8}{stream.PacketsSent,8}{stream.LossPercent,7:0.0}%{stream.PacketsReordered,11}{stream.PacketsDuplicated,12}{stream.PacketsDiscarded,11}{stream.Jitter * 1000,6:0.0} ms");

        AudioFigures audio = report.Audio;
        double rate = audio.SampleRate;
        writer.WriteLine();
        writer.WriteLine("audio                         STOI   ESTOI     LSD");
        Quality("without concealment", audio.ZeroFill);
        Quality("with RtcEnhance", audio.Enhanced);
        if (audio.LossFree is { } lossFree)
            Quality("no loss, codec alone", lossFree);
        writer.WriteLine($"  concealed {audio.ConcealedSamples / rate:0.00} s of {audio.TotalSamplesReceived / rate:0.00} s in {audio.ConcealmentEvents} events; mouth to ear {audio.Delay.P50Ms:0} ms, of it jitter buffer {1000 * audio.JitterBufferDelay / Math.Max(1, audio.JitterBufferEmittedCount):0} ms");

        double total = Math.Max(1, audio.TotalSamplesReceived);
        writer.WriteLine($"  received {100 * audio.ReceivedSamples / total:0.0} %, concealed {100 * audio.ConcealedSamples / total:0.0} %, stretched {100 * audio.StretchedSamples / total:0.0} %, comfort noise {100 * audio.ComfortNoiseSamples / total:0.0} %, silence {100 * audio.SilenceSamples / total:0.0} %; {audio.InterruptionCount} interruptions");
        writer.WriteLine($"  slowed down {audio.DecelerationCount} times, sped up {audio.AccelerationCount} times; picture after its sound {report.Sync.MedianOffsetMs:0} ms (median), {report.Sync.WithinLimitPercent:0.0} % of the frames within {SyncFigures.LimitMs:0} ms");

        VideoFigures video = report.Video;
        writer.WriteLine();
        writer.WriteLine($"video {video.DecodedWidth}x{video.DecodedHeight} -> {video.FrameWidth}x{video.FrameHeight}     PSNR      SSIM");
        writer.WriteLine($"  {"bicubic",-22}{video.Baseline.PsnrDb,8:0.00} dB{video.Baseline.Ssim,9:0.0000}");
        writer.WriteLine($"  {"with RtcEnhance",-22}{video.Enhanced.PsnrDb,8:0.00} dB{video.Enhanced.Ssim,9:0.0000}");
        writer.WriteLine($"  decoded {video.FramesDecoded}, shown {video.FramesRendered}, dropped {video.FramesDropped}; frozen {video.FreezeCount} times, {video.TotalFreezesDuration:0.0} s; {video.PliCount} key frames asked for");
        writer.WriteLine($"  enlarged by {string.Join(", ", video.UpscaledBy.Select(maker => $"{maker.Name} {maker.Count}"))}");

        writer.WriteLine();
        writer.WriteLine("stage                   calls      p50      p95      p99   budget  misses  reasons");
        foreach (StageFigures stage in report.Stages)
            writer.WriteLine($"  {stage.Name,-20}{stage.Latency.Count,7}{stage.Latency.P50Ms,9:0.000}{stage.Latency.P95Ms,9:0.000}{stage.Latency.P99Ms,9:0.000}{stage.BudgetMs,6:0} ms{stage.DeadlineMisses,8}  {string.Join(", ", stage.Reasons.Select(reason => $"{reason.Name} {reason.Count}"))}");
        if (report.Run.VirtualClock)
            writer.WriteLine("  (on the virtual clock a stage costs nothing; run without --fast for times)");
        else
            foreach (CpuShare share in report.Cpu)
                writer.WriteLine($"  {share.TotalPercent:0.0}% of one core at {share.FramesPerSecond:0} frames a second: audio {share.AudioPercent:0.0}%, super-resolution {share.VideoPercent:0.0}%; decoding of video not included");

        void Quality(string name, AudioQuality quality)
            => writer.WriteLine($"  {name,-24}{quality.Stoi,8:0.000}{quality.Estoi,8:0.000}{quality.Lsd,8:0.000}");
    }
}
