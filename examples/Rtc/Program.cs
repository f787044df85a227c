using RtcEnhance;
using RtcEnhance.Benchmarks;
using RtcEnhance.ConferenceView;
using RtcEnhance.Loopback;
using RtcEnhance.Rtc;

const string Usage = """
    rtc VERB [arguments]; each verb explains itself with --help.

      demo       a call on this machine through a lossy network, with and without RtcEnhance;
                 with --streams N a conference of 1 to 9 video streams
      conceal    IN.wav LOSS.txt OUT.wav: fill lost packets of a sound file
      extend     IN.wav OUT.wav: 8 or 16 kHz speech to 48 kHz
      upscale    IN OUT: enlarge a clip or a picture
      replay     CAPTURE OUT.wav: an audio RTP capture through the receiver
      bench      NAME: measure ours and peers on the same files
      softphone  [URI]: a console SIP phone on SIPSorcery; with trial: scored calls with baresip (./rtc only)
      conference [PORT]: a page that calls a SIPSorcery host, received and enhanced side by side (./rtc only)
      interop    calls with real browsers (./rtc only)
      train      sr|plc|bwe DATA WORK: trains a network and writes its model.onnx (./rtc only)
      test       set up, build and run all tests (./rtc only)
    """;

string verb = args.Length == 0 ? "help" : args[0];
string[] rest = args.Length == 0 ? [] : args[1..];
try
{
    switch (verb)
    {
        case "help" or "--help" or "-h":
            Console.WriteLine(Usage);
            return 0;
        case "demo":
            return rest.Contains("--streams") ? ConferenceVerb.Run(rest) : LoopbackVerb.Run(rest);
        case "conceal":
            return ConcealVerb.Run(rest);
        case "extend":
            return ExtendVerb.Run(rest);
        case "upscale":
            return UpscaleVerb.Run(rest);
        case "replay":
            return ReplayVerb.Run(rest);
        case "bench":
            return BenchVerb.Run(rest, RepositoryPaths.BenchResults);
        default:
            Console.Error.WriteLine($"rtc: unknown verb '{verb}'. 'rtc help' lists them.");
            return 2;
    }
}
catch (UsageException e)
{
    Console.Error.WriteLine($"rtc {verb}: {e.Message}");
    return 2;
}
catch (Exception e) when (e is MediaFormatException or IOException or UnauthorizedAccessException or DllNotFoundException or InvalidOperationException or ArgumentException or NotSupportedException)
{
    Console.Error.WriteLine($"rtc {verb}: {e.Message}");
    return 1;
}
