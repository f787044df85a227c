using FsCheck;
using FsCheck.Fluent;

namespace RtcEnhance.Audio.Tests.Playout;

public class PlayoutPolicyTests
{
    /// <summary>What one splice puts in at most, and accelerating takes away at most is what is too much.</summary>
    private const int LongestSplice = 15;

    private static readonly PlayoutState Playing = new()
    {
        HasPlayed = true,
        HasBlock = true,
        IsPaused = false,
        NeedsMerge = false,
        BlocksSinceStretch = PlayoutPolicy.StretchInterval,
        DelayMs = 100,
        SpareMs = 100,
        AheadMs = 1000,
        TargetMs = 100,
    };

    private static readonly HeadState Next = new()
    {
        IsPaused = false,
        IsContiguous = true,
        GapFrames = 0,
        ConcealedFrames = 0,
        HasNext = true,
        ShortfallMs = 0,
        BlockFrames = 80,
        DelayMs = 100,
        SpareMs = 100,
        TargetMs = 100,
    };

    [Theory]
    [InlineData(false, false, false, PlayoutOperation.Silence)]
    [InlineData(false, true, false, PlayoutOperation.Silence)]
    [InlineData(true, false, false, PlayoutOperation.Expand)]
    [InlineData(true, true, false, PlayoutOperation.ComfortNoise)]
    [InlineData(true, false, true, PlayoutOperation.Expand)]
    [InlineData(true, true, true, PlayoutOperation.ComfortNoise)]
    public void Decide_NoBlock_IsWhatTheSilenceIs(bool hasPlayed, bool isPaused, bool needsMerge, PlayoutOperation expected)
        => Assert.Equal(expected, PlayoutPolicy.Decide(Playing with { HasBlock = false, HasPlayed = hasPlayed, IsPaused = isPaused, NeedsMerge = needsMerge }));

    [Theory]
    [InlineData(100, 100, 5, PlayoutOperation.Normal)]
    [InlineData(120, 120, 5, PlayoutOperation.Normal)]
    [InlineData(121, 121, 5, PlayoutOperation.Accelerate)]
    [InlineData(121, 121, 4, PlayoutOperation.Normal)]
    [InlineData(219, 219, 4, PlayoutOperation.Normal)]
    [InlineData(220, 220, 0, PlayoutOperation.Accelerate)]
    [InlineData(90, 90, 5, PlayoutOperation.Normal)]
    [InlineData(89, 89, 5, PlayoutOperation.PreemptiveExpand)]
    [InlineData(89, 89, 4, PlayoutOperation.Normal)]
    [InlineData(300, 100, 5, PlayoutOperation.Normal)]
    [InlineData(100, 19, 5, PlayoutOperation.Normal)]
    [InlineData(100, 18, 5, PlayoutOperation.Normal)]
    [InlineData(100, 17, 5, PlayoutOperation.PreemptiveExpand)]
    [InlineData(100, -100, 5, PlayoutOperation.PreemptiveExpand)]
    [InlineData(100, -101, 5, PlayoutOperation.Normal)]
    public void Decide_Block_BringsTheDelayToItsTarget(int delayMs, int spareMs, int sinceStretch, PlayoutOperation expected)
        => Assert.Equal(expected, PlayoutPolicy.Decide(Playing with { DelayMs = delayMs, SpareMs = spareMs, BlocksSinceStretch = sinceStretch }));

    [Theory]
    [InlineData(121, PlayoutOperation.Accelerate)]
    [InlineData(120, PlayoutOperation.Normal)]
    public void Decide_TooLongButNotThere_TakesNothingAway(int aheadMs, PlayoutOperation expected)
        => Assert.Equal(expected, PlayoutPolicy.Decide(Playing with { DelayMs = 200, SpareMs = 200, AheadMs = aheadMs }));

    [Theory]
    [InlineData(0, -5)]
    [InlineData(10, 5)]
    [InlineData(20, 15)]
    public void Decide_ShortTargetAndSlowBase_PutsInNoMoreThanMayStay(int targetMs, int dryMs)
    {
        PlayoutState slow = Playing with { DelayMs = 300, TargetMs = targetMs };

        Assert.Equal(PlayoutOperation.Normal, PlayoutPolicy.Decide(slow with { SpareMs = dryMs }));
        Assert.Equal(PlayoutOperation.PreemptiveExpand, PlayoutPolicy.Decide(slow with { SpareMs = dryMs - 1 }));
    }

    [Fact]
    public void Decide_BlockAfterAConcealment_MergesWhateverTheDelay()
        => Prop.ForAll(States().ToArbitrary(), state =>
            !state.HasBlock || !state.NeedsMerge || PlayoutPolicy.Decide(state) == PlayoutOperation.Merge).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_NoBlock_NeverTakesOne()
        => Prop.ForAll(States().ToArbitrary(), state =>
            state.HasBlock || PlayoutPolicy.Decide(state) is PlayoutOperation.Silence or PlayoutOperation.Expand or PlayoutOperation.ComfortNoise)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_AfterAnyStretch_DoesNotCallForItsOpposite()
    {
        Gen<(PlayoutState State, int Ms)> cases = from state in States() from ms in Gen.Choose(1, LongestSplice) select (state, ms);
        Prop.ForAll(cases.ToArbitrary(), tuple =>
        {
            (PlayoutState state, int ms) = tuple;
            PlayoutOperation operation = PlayoutPolicy.Decide(state);
            if (operation is not (PlayoutOperation.Accelerate or PlayoutOperation.PreemptiveExpand))
                return true;

            long change = operation == PlayoutOperation.PreemptiveExpand ? ms : -Math.Min(ms, state.ExcessMs);
            PlayoutState after = state with
            {
                DelayMs = state.DelayMs + change, SpareMs = state.SpareMs + change, AheadMs = state.AheadMs + change,
            };
            PlayoutOperation next = PlayoutPolicy.Decide(after);
            return next == PlayoutOperation.Normal || next == operation;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    public void IsDue_Paused_AtTheTarget(int delayMs, bool expected)
        => Assert.Equal(expected, PlayoutPolicy.IsDue(Next with { IsPaused = true, DelayMs = delayMs, GapFrames = 8000 }));

    [Theory]
    [InlineData(0, -500, true)]
    [InlineData(80, 49, false)]
    [InlineData(80, 50, true)]
    [InlineData(799, 0, false)]
    [InlineData(800, 0, true)]
    public void IsDue_NothingMissing_AtOnceButAfterAnUnderrunAtHalfTheTarget(int concealed, int delayMs, bool expected)
        => Assert.Equal(expected, PlayoutPolicy.IsDue(Next with { ConcealedFrames = concealed, DelayMs = delayMs }));

    [Theory]
    [InlineData(79, 0, true)]
    [InlineData(80, 99, false)]
    [InlineData(80, 100, true)]
    public void IsDue_TimeLeftOutWithoutALoss_WaitsForTheTarget(int gap, int delayMs, bool expected)
        => Assert.Equal(expected, PlayoutPolicy.IsDue(Next with { GapFrames = gap, DelayMs = delayMs }));

    [Theory]
    [InlineData(160, 0, 500, false)]
    [InlineData(160, 80, 99, false)]
    [InlineData(160, 80, 100, true)]
    [InlineData(160, 160, 0, true)]
    public void IsDue_Loss_AfterExactlyTheMissingTimeOrAtTheTarget(int gap, int concealed, int delayMs, bool expected)
        => Assert.Equal(expected, PlayoutPolicy.IsDue(Next with { IsContiguous = false, GapFrames = gap, ConcealedFrames = concealed, DelayMs = delayMs }));

    [Fact]
    public void IsDue_AnyHead_IsWithinTheTimeThatItsDelayLacks()
    {
        Gen<HeadState> heads =
            from isPaused in Gen.Elements(true, false)
            from isContiguous in Gen.Elements(true, false)
            from gap in Gen.Choose(-10_000, 1_000_000)
            from concealed in Gen.Choose(0, 20_000)
            from delayMs in Gen.Choose(-3000, 3000)
            from targetMs in Gen.Choose(0, 3000)
            select Next with
            {
                IsPaused = isPaused, IsContiguous = isContiguous, GapFrames = gap, ConcealedFrames = concealed, DelayMs = delayMs, SpareMs = delayMs, TargetMs = targetMs,
            };
        Prop.ForAll(heads.ToArbitrary(), head =>
        {
            // While it is not due the cursor stands still, and each block of that makes it 10 ms later.
            int blocks = 0;
            while (!PlayoutPolicy.IsDue(head))
            {
                blocks++;
                head = head with { DelayMs = head.DelayMs + 10, ConcealedFrames = head.ConcealedFrames + 80 };
            }

            return blocks <= 601;
        }).QuickCheckThrowOnFailure();
    }

    private static Gen<PlayoutState> States() =>
        from hasPlayed in Gen.Elements(true, false)
        from hasBlock in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from isPaused in Gen.Elements(true, false)
        from needsMerge in Gen.Frequency((1, Gen.Constant(true)), (4, Gen.Constant(false)))
        from sinceStretch in Gen.Choose(0, 10)
        from targetMs in Gen.OneOf(Gen.Choose(0, 40), Gen.Choose(0, 400))
        from offset in Gen.Choose(-150, 300)
        from slower in Gen.Choose(0, 150)
        from ahead in Gen.Choose(10, 800)
        select new PlayoutState
        {
            HasPlayed = hasPlayed,
            HasBlock = hasBlock,
            IsPaused = isPaused,
            NeedsMerge = needsMerge,
            BlocksSinceStretch = sinceStretch,
            DelayMs = targetMs + offset,
            SpareMs = targetMs + offset - slower,
            AheadMs = ahead,
            TargetMs = targetMs,
        };
}
