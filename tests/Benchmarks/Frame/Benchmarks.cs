using RtcEnhance.Benchmarks.Bwe;
using RtcEnhance.Benchmarks.Playout;
using RtcEnhance.Benchmarks.Plc;
using RtcEnhance.Benchmarks.Candidates;
using RtcEnhance.Benchmarks.CodedVideo;
using RtcEnhance.Benchmarks.ContactSheet;
using RtcEnhance.Benchmarks.Fuzz;
using RtcEnhance.Benchmarks.Inference;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Benchmarks.Receivers;
using RtcEnhance.Benchmarks.Soak;
using RtcEnhance.Benchmarks.Streams;

namespace RtcEnhance.Benchmarks;

/// <content>The benchmarks there are.</content>
public static partial class BenchVerb
{
    private static IReadOnlyDictionary<string, Benchmark> Benchmarks { get; } = new Dictionary<string, Benchmark>
    {
        ["plc"] = new("concealment: PLCMOS, STOI, log-spectral distance, time", PlcTables.Run),
        ["bwe"] = new("bandwidth extension from clean and coded speech: log-spectral distance, low-band SNR, level in pauses, time; every mark checked", BweTables.Run),
        ["upscale"] = new("upscalers: PSNR and SSIM on Set5 and Set14, time a frame, swscale beside", UpscaleTables.Run),
        ["coded"] = new("upscalers after VP8 and H.264 at call rates: PSNR, SSIM, flicker, VMAF-NEG against peers; every mark checked", CodedVideoBenchmark.Run),
        ["sheet"] = new("upscalers on crops of faces, hair, text and edges beside each other, as a picture", ContactSheetBenchmark.Run),
        ["playout"] = new("adaptive playout: delay against concealed share over the target quantile, plain buffers and peers beside", PlayoutBenchmark.Run),
        ["inference"] = new("networks: time a frame, 8 bits and floats, share of the machine's peak", InferenceBenchmark.Run),
        ["reuse"] = new("what inference measures of reuse alone: networks on decoded clips, against each picture as if it were the first", ReuseTable.Run),
        ["candidates"] = new("candidates of the search for networks: time a frame by the engine", CandidateBenchmark.Run),
        ["receiver"] = new("time of GetAudio and InsertPacket in a lossy call; p99.9 of a pull under 1 ms", ReceiverBenchmark.Run),
        ["receivers"] = new("cost of one receiver, 200 G.711 streams in real time, the curve from 1 to 400 streams", ReceiversBenchmark.Run),
        ["streams"] = new("conferences of 1 to 9 video streams in real time under one budget of processor time", StreamsBenchmark.Run),
        ["starved"] = new("one video stream while other programs want twice the machine's cores; at most 0.1 % of frames late", StarvedBenchmark.Run),
        ["soak"] = new("hours of calls, broken stages and odd pictures on a virtual clock; every promise checked", SoakBenchmark.Run),
        ["realtime"] = new("half an hour of call on the machine's clock: no drift, no glitch, no allocation", RealTimeBenchmark.Run),
        ["fuzz"] = new("a million random and altered packets and files; no crash", FuzzBenchmark.Run),
    };
}
