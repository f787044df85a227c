using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Scheduling;

/// <summary>The plan itself: which stream may use which step, from shares that are known.</summary>
public sealed class UpscalePlannerTests
{
    private const double Tiny = 1e-9;

    /// <summary>Three steps of 0.4, 0.1 and 0.02 cores; equal streams, the first the most important.</summary>
    [Theory]
    [InlineData(1, 1.0, "0")]
    [InlineData(1, 0.3, "1")]
    [InlineData(1, 0.05, "2")]
    [InlineData(1, 0.01, "3")]
    [InlineData(2, 1.0, "00")]
    [InlineData(3, 1.0, "001")]
    [InlineData(4, 1.01, "0011")]
    [InlineData(4, 0.9, "0022")]
    [InlineData(9, 1.0, "002222222")]
    [InlineData(9, 0.5, "112222222", 0.39)]
    [InlineData(9, 0.2, "222222222")]
    [InlineData(9, 0.11, "222223333")]
    public void Plan_EqualStreams_RaisesTheMostImportantFirst(int streams, double budget, string expected, double? raiseBudget = null)
    {
        PlannedStream[] planned = [.. Enumerable.Range(0, streams).Select(i => Stream(i, [0.4, 0.1, 0.02], current: 3))];

        double total = UpscalePlanner.Plan(planned, budget, raiseBudget ?? budget);

        Assert.Equal(expected, Targets(planned));
        Assert.Equal(planned.Sum(stream => stream.TargetShare), total, 9);
    }

    [Fact]
    public void Sort_ByPriorityThenSizeThenAge()
    {
        PlannedStream[] streams =
        [
            Stream(0, [1], pixels: 100), Stream(1, [1], pixels: 400), Stream(2, [1], pixels: 100), Stream(3, [1], pixels: 50, priority: 1),
            Stream(4, [1], pixels: 900, priority: -1),
        ];

        UpscalePlanner.Sort(streams);

        Assert.Equal([3, 1, 0, 2, 4], streams.Select(stream => stream.Index));
    }

    [Fact]
    public void Plan_StepThatIsInUse_MayTakeTheRoomThatANewOneMayNot()
    {
        PlannedStream[] raised = [Stream(0, [0.95, 0.1], current: 1)];
        PlannedStream[] kept = [Stream(0, [0.95, 0.1], current: 0)];

        UpscalePlanner.Plan(raised, 1, 0.9);
        UpscalePlanner.Plan(kept, 1, 0.9);

        Assert.Equal((1, 0), (raised[0].Target, kept[0].Target));
    }

    [Fact]
    public void Plan_NetworkCheaperThanTheFilter_StartsFromTheNetwork()
    {
        // Most of the first picture stands still.
        PlannedStream[] streams = [Stream(0, [0.01, 0.2, 0.05]), Stream(1, [0.4, 0.2, 0.05])];

        double total = UpscalePlanner.Plan(streams, 0.07, 0.07);

        Assert.Equal("02", Targets(streams));
        Assert.Equal(0.06, total, 9);
    }

    [Fact]
    public void Plan_CeilingAtPassThrough_KeepsTheSize()
    {
        PlannedStream[] streams = [Stream(0, [0.1, 0.1], current: 2) with { Ceiling = 2 }];

        Assert.Equal(0, UpscalePlanner.Plan(streams, 1, 1));
        Assert.Equal("2", Targets(streams));
    }

    [Fact]
    public void Plan_StepOfUnknownCost_IsNotGiven()
    {
        PlannedStream[] streams = [Stream(0, [double.PositiveInfinity, 0.1]), Stream(1, [double.PositiveInfinity])];

        UpscalePlanner.Plan(streams, 64, 64);

        Assert.Equal("11", Targets(streams));
    }

    [Fact]
    public void Plan_AnyStreams_NeverExceedsTheBudget()
        => ForAnyConference(c =>
        {
            double total = c.Plan();

            Assert.InRange(total, 0, c.Budget + Tiny);
            Assert.Equal(c.Streams.Sum(stream => stream.TargetShare), total, 9);
            Assert.All(c.Streams, stream => Assert.InRange(stream.Target, stream.Ceiling, stream.Steps));
        });

    [Fact]
    public void Plan_AnyStreams_KeepsTheSizeOnlyWhereTheCheapestStepDoesNotFit()
        => ForAnyConference(c =>
        {
            c.Plan();

            double cheapest = 0;
            foreach (PlannedStream stream in c.Streams)
            {
                double share = CheapestShare(stream);
                if (stream.Target < stream.Steps)
                    cheapest += share;
                else
                    Assert.True(cheapest + share > c.RaiseBudget - Tiny);
            }
        });

    /// <summary>No stream could have more, even if all the less important ones had their cheapest steps.</summary>
    [Fact]
    public void Plan_AnyStreams_RespectsTheOrderOfImportance()
        => ForAnyConference(c =>
        {
            c.Plan();

            for (int i = 0; i < c.Streams.Length; i++)
            {
                PlannedStream stream = c.Streams[i];
                if (stream.Target == stream.Steps)
                    continue;
                double others = c.Streams[..i].Sum(s => s.TargetShare)
                    + c.Streams[(i + 1)..].Sum(s => s.Target == s.Steps ? 0 : CheapestShare(s));
                for (int step = stream.Ceiling; step < stream.Target; step++)
                    Assert.True(others + stream.Shares[step] > (step < stream.Current ? c.RaiseBudget : c.Budget) - Tiny);
            }
        });

    [Fact]
    public void Plan_OfItsOwnResult_IsTheSamePlan()
        => ForAnyConference(c =>
        {
            c.Plan();
            string first = Targets(c.Streams);
            foreach (ref PlannedStream stream in c.Streams.AsSpan())
                stream.Current = stream.Target;
            c.Plan();

            Assert.Equal(first, Targets(c.Streams));
        });

    /// <summary>More budget never means worse steps, compared in order of importance; first by who is enlarged at all.</summary>
    [Fact]
    public void Plan_LargerBudget_IsNeverWorse()
        => ForAnyConference(c =>
        {
            c.Plan();
            string enlarged = Enlarged(c.Streams), targets = Targets(c.Streams);
            (c.Budget, c.RaiseBudget) = (1.3 * c.Budget, 1.3 * c.RaiseBudget);
            c.Plan();

            int order = string.CompareOrdinal(Enlarged(c.Streams), enlarged);
            Assert.True(order < 0 || (order == 0 && string.CompareOrdinal(Targets(c.Streams), targets) <= 0));
        });

    [Fact]
    public void Plan_StreamThatBecomesTheMostImportant_NeverGetsAWorseStep()
        => ForAnyConference(c =>
        {
            c.RaiseBudget = c.Budget;
            c.Plan();
            int last = c.Streams[^1].Target;
            PlannedStream[] moved = [c.Streams[^1], .. c.Streams[..^1]];
            UpscalePlanner.Plan(moved, c.Budget, c.Budget);

            Assert.True(moved[0].Target <= last);
        });

    private static void ForAnyConference(Action<Conference> check)
        => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => check(new Conference(new Random(seed)))).QuickCheckThrowOnFailure();

    private static PlannedStream Stream(int index, double[] shares, int current = 0, int pixels = 1000, int priority = 0)
    {
        var stream = new PlannedStream { Index = index, Steps = shares.Length, Current = current, RankPixels = pixels, Priority = priority };
        for (int i = 0; i < shares.Length; i++)
            stream.Shares[i] = shares[i];
        return stream;
    }

    private static double CheapestShare(PlannedStream stream)
    {
        double cheapest = double.PositiveInfinity;
        for (int step = stream.Ceiling; step < stream.Steps; step++)
            cheapest = Math.Min(cheapest, stream.Shares[step]);
        return cheapest;
    }

    private static string Targets(IEnumerable<PlannedStream> streams) => string.Concat(streams.Select(stream => stream.Target));

    private static string Enlarged(IEnumerable<PlannedStream> streams) => string.Concat(streams.Select(stream => stream.Target < stream.Steps ? 0 : 1));

    /// <summary>1 to 64 streams of any sizes and costs, from a budget that is far too small to one that is ample.</summary>
    private sealed class Conference
    {
        public Conference(Random random)
        {
            Streams = new PlannedStream[1 + random.Next(64)];
            for (int i = 0; i < Streams.Length; i++)
            {
                int steps = 1 + random.Next(PlannedStream.MaxSteps);
                double[] shares = [.. Enumerable.Range(0, steps).Select(_ => 0.5 * Math.Pow(random.NextDouble(), 3))];
                if (random.Next(5) > 0)
                    shares = [.. shares.OrderDescending()];
                Streams[i] = Stream(i, shares, random.Next(steps + 1), random.Next(1, 5) * 1000, random.Next(3));
            }

            UpscalePlanner.Sort(Streams);
            Budget = 8 * Math.Pow(random.NextDouble(), 3);
            RaiseBudget = Budget * (0.5 + (random.NextDouble() / 2));
        }

        public PlannedStream[] Streams { get; }

        public double Budget { get; set; }

        public double RaiseBudget { get; set; }

        public double Plan() => UpscalePlanner.Plan(Streams, Budget, RaiseBudget);
    }
}
