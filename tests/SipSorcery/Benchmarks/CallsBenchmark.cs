using RtcEnhance.Benchmarks;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests.Benchmarks;

/// <summary>
/// Calls between two RTCPeerConnections, set up with DTLS and SRTP and torn down, by SIPSorcery alone and with the adapter;
/// then one call that the adapter is attached to and detached from. What the process holds is printed as it goes.
/// </summary>
internal static class CallsBenchmark
{
    private const long Megabyte = 1 << 20;

    public static bool Run(int calls, int attachments)
    {
        var table = new BenchTable("What is left behind", "after", "managed MB", "resident MB", "threads", "handles", "native decoders", "sessions");
        var decoders = new CountedDecoders();
        var sessions = new List<WeakReference>();
        void Add(string name)
        {
            long managed = ProcessResources.ManagedBytes();
            table.Add(
                name, (double)managed / Megabyte, (double)ProcessResources.ResidentBytes() / Megabyte, ProcessResources.Threads(),
                ProcessResources.Handles(), decoders.Alive, sessions.Count(static session => session.IsAlive));
            table.PrintLast(Console.Out);
        }

        sessions.AddRange(ShortCall.Run(3, decoders));
        Add("warm-up");
        for (int i = 1; i <= 5; i++)
        {
            ShortCall.Run(calls / 5, null);
            Add($"{i * (calls / 5)} calls, SIPSorcery alone");
        }

        for (int i = 1; i <= 5; i++)
        {
            sessions.AddRange(ShortCall.Run(calls / 5, decoders));
            Add($"{i * (calls / 5)} calls with RtcEnhance");
        }

        using (Call call = Call.OverWebRtc(null, AudioCommonlyUsedFormats.OpusWebRTC, Call.Vp8))
        {
            Add("one call more");
            for (int i = 1; i <= 4; i++)
            {
                sessions.AddRange(Attach(call, attachments / 4, decoders));
                Add($"{i * (attachments / 4)} attachments");
            }
        }

        table.Print(Console.Out);
        bool isClean = decoders.Alive == 0 && !sessions.Any(static session => session.IsAlive);
        Console.WriteLine($"{decoders.Made} native decoders were made; {decoders.Alive} are left, and {sessions.Count(static s => s.IsAlive)} of {sessions.Count} sessions.");
        return isClean;
    }

    private static List<WeakReference> Attach(Call call, int times, CountedDecoders decoders)
    {
        var ended = new List<WeakReference>();
        for (int i = 0; i < times; i++)
        {
            using EnhancedSession session = call.Receiver.UseRtcEnhance(ShortCall.Options(decoders));
            session.Audio.GetAudio(new float[480]);
            ended.Add(new WeakReference(session));
        }

        return ended;
    }
}
