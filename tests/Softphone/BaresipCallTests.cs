using RtcEnhance.Audio;
using RtcEnhance.Baresip;
using Xunit.Abstractions;

namespace RtcEnhance.Softphone.Tests;

/// <summary>Calls with a real SIP phone of another make; they wait for events and packets, never for a time.</summary>
[Trait("Category", "Baresip")]
public sealed class BaresipCallTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softphone").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("opus", "OPUS")]
    [InlineData("g722", "G722")]
    [InlineData("pcma", "PCMA")]
    [InlineData("pcmu", "PCMU")]
    public void PhoneCalls_EachCodec_BothSidesHear(string codec, string negotiated)
    {
        if (IsLeftOut())
            return;
        string said = SpeechFile();
        using var peer = new BaresipPeer(Path.Combine(_folder, "baresip"), said, BaresipCodecs.Names[codec]);
        string record = Path.Combine(_folder, "heard.wav");
        using var phone = new PhoneProcess(peer.Uri, "--listen", "127.0.0.1:0", "--send", said, "--record", record);

        phone.Do("wait call", "wait packets 150", "s", "b", "q");

        Assert.Equal(0, phone.Process.WaitForExit());
        Assert.StartsWith(negotiated, phone.Process.WaitFor("  received "), StringComparison.Ordinal);
        peer.Log.WaitFor("session closed");
        Assert.True(Loudness(record) > 0.003, "The phone heard nothing.");
        Assert.True(Loudness(Assert.Single(peer.HeardPaths)) > 0.003, "baresip heard nothing.");
    }

    [Fact]
    public void BaresipCalls_HoldsAndResumesByBothSides_PacketsStopAndComeAgain()
    {
        if (IsLeftOut())
            return;
        using var peer = new BaresipPeer(Path.Combine(_folder, "baresip"), SpeechFile(), BaresipCodecs.Names["g722"]);
        using var phone = new PhoneProcess("--listen", "127.0.0.1:0");

        peer.Command("dial", $"sip:softphone@{phone.Address}");
        phone.Do("wait ringing", "a", "wait call", "wait packets 50");
        phone.Process.WaitFor("in a call with sip:peer@");

        phone.Do("h", "wait held", "i", "wait held", "h", "wait resumed", "wait packets 50", "i", "wait resumed", "wait packets 50", "e", "s");
        phone.Process.WaitFor("RtcEnhance off");
        Assert.Equal(4, phone.Process.Count("re-INVITE: INVITE 200"));

        peer.Command("hold");
        phone.Process.WaitFor("the other side holds the call");
        peer.Command("resume");
        phone.Process.WaitFor("the other side resumes the call");
        phone.Do("wait resumed", "wait packets 50", "1", "#", "s");
        phone.Process.WaitFor("  received ", 2);
        peer.Command("hangup");
        phone.Do("wait ended", "q");

        Assert.Equal(0, phone.Process.WaitForExit());
        phone.Process.WaitFor("the call is over");
    }

    [Fact]
    public void SecondCaller_WhileInACall_IsTurnedAway()
    {
        if (IsLeftOut())
            return;
        string said = SpeechFile();
        using var first = new BaresipPeer(Path.Combine(_folder, "first"), said, BaresipCodecs.Names["pcmu"]);
        using var second = new BaresipPeer(Path.Combine(_folder, "second"), said, BaresipCodecs.Names["pcmu"]);
        using var phone = new PhoneProcess("--listen", "127.0.0.1:0", "--answer");
        first.Command("dial", $"sip:softphone@{phone.Address}");
        phone.Do("wait call");
        phone.Process.WaitFor("in a call");

        second.Command("dial", $"sip:softphone@{phone.Address}");

        second.Log.WaitFor("session closed: 486");
        phone.Do("wait packets 50", "q");
        Assert.Equal(0, phone.Process.WaitForExit());
        first.Log.WaitFor("session closed");
    }

    [Fact]
    public void Terminate_InACall_SendsBye()
    {
        if (IsLeftOut())
            return;
        using var peer = new BaresipPeer(Path.Combine(_folder, "baresip"), SpeechFile(), BaresipCodecs.Names["pcma"]);
        using var phone = new PhoneProcess(peer.Uri, "--listen", "127.0.0.1:0");
        phone.Process.WaitFor("in a call");

        phone.Process.Terminate();

        Assert.Equal(0, phone.Process.WaitForExit());
        peer.Log.WaitFor("session closed");
    }

    [Fact]
    public void Trial_TenPercentLoss_CountsAndConcealsWhatTheNetworkLost()
    {
        if (IsLeftOut())
            return;
        string speechPath = Path.Combine(_folder, "said.wav");
        float[] said = Speech.Write(speechPath);
        TrialOptions options = TrialOptions.Parse(["--seconds", "6", "--out", _folder]);

        ScoredCall call = ScoredCall.Run(options, "pcmu", speechPath, said);

        output.WriteLine($"{call.Status}\nSTOI {call.Plain.Stoi:0.000} plain, {call.Enhanced.Stoi:0.000} with RtcEnhance");
        Assert.InRange(call.LostPercent, 1, 25);
        Assert.InRange(call.PhoneLost, call.NetworkLost - 10, call.NetworkLost);
        Assert.InRange(call.Enhanced.Stoi, 0.1, 1);
    }

    private bool IsLeftOut()
    {
        if (BaresipPeer.WhyNot is not { } why)
            return false;
        output.WriteLine($"left out: {why}");
        return true;
    }

    private string SpeechFile()
    {
        string path = Path.Combine(_folder, "said.wav");
        Speech.Write(path);
        return path;
    }

    private static double Loudness(string path)
    {
        float[] samples = WavFile.Read(path).Samples;
        return Math.Sqrt(samples.Sum(static sample => (double)sample * sample) / Math.Max(1, samples.Length));
    }
}
