namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>
/// `rtc bench coded`: what upscalers make of decoded VP8 and H.264 of half the size, or of two thirds, compared with the original's luma.
/// One thread at a time.
/// </summary>
public sealed class CodedVideoBenchmark
{
    // What the released networks reach; a mark that they lose fails the benchmark.
    private static readonly HashSet<(string Method, CodedVideoMark Mark)> Claims =
    [
        ("neural", CodedVideoMark.AheadOfFsrcnnx), ("neural", CodedVideoMark.AheadOfEasu),
        ("neural", CodedVideoMark.SsimOfBicubic), ("neural", CodedVideoMark.FlickerOfBicubic),
        ("neural-fast", CodedVideoMark.AheadOfFsrcnnx), ("neural-fast", CodedVideoMark.AheadOfEasu),
        ("neural-fast", CodedVideoMark.SsimOfBicubic), ("neural-fast", CodedVideoMark.FlickerOfBicubic),
    ];

    private readonly CodecChain _chain;
    private readonly IReadOnlyList<IClipUpscaler> _upscalers;
    private readonly VmafTool? _vmaf;
    private readonly double _scale;

    /// <summary>A run.</summary>
    /// <param name="upscalers">What is compared; the bicubic filter among it.</param>
    /// <param name="scratch">A folder for streams and pictures.</param>
    /// <param name="vmafCommand">The vmaf tool, or null.</param>
    /// <param name="scale">What the upscalers multiply width and height by: 1, 1.5 or 2.</param>
    public CodedVideoBenchmark(IReadOnlyList<IClipUpscaler> upscalers, string scratch, string? vmafCommand = null, double scale = 2)
    {
        _scale = scale;
        _chain = new CodecChain(scratch);
        _upscalers = upscalers;
        _vmaf = vmafCommand is null ? null : new VmafTool(vmafCommand, scratch);
    }

    /// <summary>Scores all upscalers on all streams of a clip.</summary>
    /// <param name="folder">Where the clip's file is.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="every">Takes every n-th pair of pictures only.</param>
    /// <returns>The scores, stream by stream, each in the order of the upscalers.</returns>
    public IReadOnlyList<StreamScore> Measure(string folder, TestClip clip, int every = 1)
    {
        CodedClip coded = CodedClip.Make(_chain, folder, clip, every, _scale);
        int count = coded.Original.Frames.Count;
        _vmaf?.SetOriginal(coded.Original);
        var scores = new StreamScore[coded.Streams.Count, _upscalers.Count];
        for (int m = 0; m < _upscalers.Count; m++)
        {
            I420Clip doubled = _upscalers[m].Upscale(coded.Decoded);
            for (int s = 0; s < coded.Streams.Count; s++)
            {
                I420Clip found = doubled.Pick(Enumerable.Range(s * count, count));
                StreamScore score = StreamScore.Measure(coded.Streams[s], _upscalers[m].Name, coded.Original, found);
                scores[s, m] = _vmaf?.Measure(score, found) ?? score;
            }
        }

        return [.. scores.Cast<StreamScore>()];
    }

    internal static BenchReport Run(BenchArguments arguments)
    {
        string data = arguments.DataDirectory ?? throw new InvalidOperationException("coded needs --data DIR with the folder video/test/video.");
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-coded");
        try
        {
            if (arguments.Scale == 1)
                return RestorationBenchmark.Run(arguments, data, scratch.FullName);
            IClipUpscaler[] candidates = [.. ClipUpscalers.Neural.Select(name => ClipUpscalers.Create(name, arguments.Scale)), .. arguments.Models.SelectMany(model => ClipUpscalers.Create(model, arguments.Scale))];
            var benchmark = new CodedVideoBenchmark(
                [
                    .. ClipUpscalers.Classical.Select(name => ClipUpscalers.Create(name, arguments.Scale)),
                    .. arguments.Peers.Where(_ => arguments.Scale == 2).Select(peer => new PeerClipUpscaler(peer, scratch.FullName)),
                    .. candidates,
                ],
                scratch.FullName,
                arguments.VmafCommand,
                arguments.Scale);
            var scores = new List<StreamScore>();
            foreach (TestClip clip in TestClip.TestSet)
            {
                Console.Error.WriteLine($"{clip.Name} ...");
                scores.AddRange(benchmark.Measure(Path.Combine(data, "video", "test", "video"), clip, arguments.Every));
            }

            return Report(arguments, scores, candidates.Select(candidate => candidate.Name));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static BenchReport Report(BenchArguments arguments, List<StreamScore> scores, IEnumerable<string> candidates)
    {
        var report = new BenchReport();
        report.Tables.Add(CodedVideoTables.ByStream("luma PSNR, dB", scores, (score, _) => score.PsnrDb));
        report.Tables.Add(CodedVideoTables.ByStream("luma SSIM", scores, (score, _) => score.Ssim));
        report.Tables.Add(CodedVideoTables.ByStream("flicker, times the bicubic filter's", scores, (score, bicubic) => score.Flicker / bicubic.Flicker));
        if (arguments.VmafCommand is not null)
        {
            report.Tables.Add(CodedVideoTables.ByStream("VMAF v0.6.1", scores, (score, _) => score.Vmaf));
            report.Tables.Add(CodedVideoTables.ByStream("VMAF-NEG v0.6.1", scores, (score, _) => score.VmafNeg));
        }

        report.Tables.Add(CodedVideoTables.Summary(scores));
        if (arguments.Scale != 2)
        {
            report.Notes.Add("The original is made two thirds as large by swscale's bicubic filter, coded at 4/3 of the rates, decoded, enlarged. No marks are set for this scale.");
            return report;
        }

        CodedVideoVerdict[] verdicts = [.. candidates.SelectMany(candidate => CodedVideoVerdicts.Of(scores, candidate))];
        report.Tables.Add(CodedVideoTables.Marks(verdicts, IsClaimed));
        report.Failed = verdicts.Any(verdict => IsClaimed(verdict) && !verdict.IsMet);
        report.Notes.Add("The original is halved by swscale's bicubic filter, coded, decoded, doubled. Of at most 120 pictures, pairs of consecutive ones in the second half are scored; clips count alike.");
        report.Notes.Add("flicker: mean |change from picture to picture - the original's change|.");
        if (arguments.Peers.All(peer => peer.Name != CodedVideoVerdicts.Fsrcnnx))
            report.Notes.Add($"no --peer {CodedVideoVerdicts.Fsrcnnx}=COMMAND (IN.y4m OUT.y4m): the marks against it were not measured.");
        if (arguments.VmafCommand is null)
            report.Notes.Add("no --vmaf COMMAND: VMAF was not measured.");
        return report;
    }

    private static bool IsClaimed(CodedVideoVerdict verdict) => Claims.Contains((verdict.Method, verdict.Mark));
}
