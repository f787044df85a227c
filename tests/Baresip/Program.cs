using System.Globalization;
using RtcEnhance.Baresip;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(TrialOptions.Usage);
    return 0;
}

TrialOptions options;
try
{
    options = TrialOptions.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"rtc softphone trial: {e.Message}");
    return 2;
}

if (BaresipPeer.WhyNot is { } why)
{
    Console.Error.WriteLine($"rtc softphone trial: {why}");
    return 1;
}

Directory.CreateDirectory(options.OutputFolder);
string speechPath = Path.GetFullPath(Path.Combine(options.OutputFolder, "said.wav"));
float[] said = Speech.Write(speechPath);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Seconds} s of speech a call, {options.LossPercent} % loss in bursts of {options.BurstMs} ms, jitter {options.JitterMs} ms, seed {options.Seed}"));
Console.WriteLine("codec  lost    STOI plain  RtcEnhance   ESTOI plain  RtcEnhance   statistics");
foreach (string codec in options.Codecs)
{
    ScoredCall call = ScoredCall.Run(options, codec, speechPath, said);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{codec,-5} {call.LostPercent,5:0.0} %  {call.Plain.Stoi,10:0.000}  {call.Enhanced.Stoi,10:0.000}   {call.Plain.Estoi,11:0.000}  {call.Enhanced.Estoi,10:0.000}   {call.Status}"));
}

Console.WriteLine($"recordings: {options.OutputFolder}");
return 0;
