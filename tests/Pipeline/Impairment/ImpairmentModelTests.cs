using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Impairment;

public class ImpairmentModelTests
{
    private static readonly TimeSpan Packet = TimeSpan.FromMilliseconds(20);

    private static readonly ImpairmentOptions Rough = new()
    {
        LossPercent = 20,
        BaseDelay = TimeSpan.FromMilliseconds(40),
        Jitter = TimeSpan.FromMilliseconds(30),
        ReorderPercent = 2,
        DuplicatePercent = 1,
        Seed = 7,
    };

    private static PacketFate[] Fates(ImpairmentOptions options, int stream = 0, int packets = 20_000)
    {
        var model = new ImpairmentModel(options, options.CreateLossModel(), stream);
        var fates = new PacketFate[packets];
        for (int i = 0; i < packets; i++)
            fates[i] = model.Next(Packet * i);
        return fates;
    }

    [Fact]
    public void Fates_OfEqualSeeds_AreEqual()
    {
        Assert.Equal(Fates(Rough), Fates(Rough));
        Assert.NotEqual(Fates(Rough), Fates(Rough, stream: 1));
    }

    [Fact]
    public void Fates_OfDefaults_ArriveAtOnce()
        => Assert.All(Fates(new ImpairmentOptions()), f => Assert.Equal(new PacketFate(f.SentAt, f.SentAt, null, false), f));

    [Fact]
    public void Fates_OverManyPackets_HaveTheAskedShares()
    {
        PacketFate[] fates = Fates(Rough, packets: 100_000);
        PacketFate[] arrived = [.. fates.Where(f => !f.IsLost)];

        Assert.InRange(100.0 * fates.Count(f => f.IsLost) / fates.Length, 18.5, 21.5);
        Assert.InRange(100.0 * arrived.Count(f => f.IsReordered) / arrived.Length, 1.8, 2.2);
        Assert.InRange(100.0 * arrived.Count(f => f.DuplicateAt is not null) / arrived.Length, 0.85, 1.15);
        Assert.All(arrived, f => Assert.True(f.DeliveredAt - f.SentAt >= Rough.BaseDelay));
    }

    [Fact]
    public void Streams_OfOneLossModel_SeeTheSameOutages()
    {
        ILossModel loss = Rough.CreateLossModel();
        ImpairmentModel audio = new(Rough, loss, 0), video = new(Rough, loss, 1);

        for (int slot = 0; slot < 2000; slot++)
        {
            bool isOutage = audio.Next(Packet * slot).IsLost;
            for (int k = 0; k < 4; k++)
                Assert.Equal(isOutage, video.Next((Packet * slot) + TimeSpan.FromMilliseconds(5 * k)).IsLost);
        }
    }

    [Fact]
    public void Jitter_Alone_KeepsOrderUnlessAskedNotTo()
    {
        ImpairmentOptions Jitter(bool reorders) => new() { Jitter = TimeSpan.FromMilliseconds(30), JitterReorders = reorders };
        static int Swaps(PacketFate[] fates) => fates.Zip(fates.Skip(1), (a, b) => b.DeliveredAt < a.DeliveredAt).Count(s => s);

        Assert.Equal(0, Swaps(Fates(Jitter(reorders: false))));
        Assert.NotEqual(0, Swaps(Fates(Jitter(reorders: true))));
    }

    [Fact]
    public void Reordering_WithoutJitter_LetsLaterPacketsOvertake()
    {
        PacketFate[] fates = Fates(new ImpairmentOptions { ReorderPercent = 5 });

        for (int i = 0; i + 1 < fates.Length; i++)
        {
            if (fates[i].IsReordered && !fates[i + 1].IsReordered)
                Assert.True(fates[i + 1].DeliveredAt < fates[i].DeliveredAt);
        }

        Assert.Contains(fates, f => f.IsReordered);
    }

    [Fact]
    public void OneImpairment_Added_LeavesTheOthersAsTheyWere()
    {
        PacketFate[] plain = Fates(new ImpairmentOptions { Jitter = TimeSpan.FromMilliseconds(10), JitterReorders = true });
        PacketFate[] doubled = Fates(new ImpairmentOptions { Jitter = TimeSpan.FromMilliseconds(10), JitterReorders = true, DuplicatePercent = 50 });

        Assert.Equal(plain.Select(f => f.DeliveredAt), doubled.Select(f => f.DeliveredAt));
    }

    [Fact]
    public void Drift_OfAFastSender_BringsPacketsEarlier()
    {
        PacketFate[] fates = Fates(new ImpairmentOptions { BaseDelay = TimeSpan.FromSeconds(1), ClockDriftPpm = 200 });

        PacketFate last = fates[^1];
        double gainedMs = (last.SentAt - (last.DeliveredAt!.Value - TimeSpan.FromSeconds(1))).TotalMilliseconds;
        Assert.InRange(gainedMs, 79, 81);
    }

    [Fact]
    public void Trace_InPlaceOfAProcess_DecidesPacketByPacket()
    {
        var trace = new LossTrace([false, true, true, false, false], Packet);
        PacketFate[] fates = Fates(new ImpairmentOptions { LossTrace = trace }, packets: 20);

        for (int i = 0; i < fates.Length; i++)
            Assert.Equal(trace[i % 5], fates[i].IsLost);
    }

    [Fact]
    public void Model_OfImpossibleValues_IsRefused()
    {
        static void Refused(ImpairmentOptions options)
            => Assert.Throws<ArgumentOutOfRangeException>(() => new ImpairmentModel(options, options.CreateLossModel(), 0));

        Refused(new ImpairmentOptions { LossPercent = 101 });
        Refused(new ImpairmentOptions { ReorderPercent = -1 });
        Refused(new ImpairmentOptions { ReorderHold = TimeSpan.Zero });
        Refused(new ImpairmentOptions { DuplicatePercent = double.NaN });
        Refused(new ImpairmentOptions { ClockDriftPpm = 1e6 });
        Refused(new ImpairmentOptions { BaseDelay = TimeSpan.FromSeconds(-1) });
    }
}
