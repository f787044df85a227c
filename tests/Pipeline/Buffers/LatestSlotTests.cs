namespace RtcEnhance.Tests.Buffers;

public class LatestSlotTests
{
    private sealed class Item(int number) : IDisposable
    {
        private int _disposals;

        public int Number => number;

        public int Disposals => Volatile.Read(ref _disposals);

        public void Dispose() => Interlocked.Increment(ref _disposals);
    }

    [Fact]
    public void TryTake_OfEmptySlot_IsFalse()
    {
        var slot = new LatestSlot<Item>();

        Assert.False(slot.TryTake(out Item? item));
        Assert.Null(item);
        Assert.False(slot.IsFull);
    }

    [Fact]
    public void Put_OverWaitingItem_DisposesTheOlder()
    {
        var slot = new LatestSlot<Item>();
        Item older = new(1), newer = new(2);

        Assert.Equal(PutResult.Stored, slot.Put(older));
        Assert.Equal(PutResult.Replaced, slot.Put(newer));

        Assert.True(slot.TryTake(out Item? taken));
        Assert.Same(newer, taken);
        Assert.Equal((1, 0), (older.Disposals, newer.Disposals));
        Assert.False(slot.IsFull);
    }

    [Fact]
    public void Put_AfterTake_StoresWithoutDisposing()
    {
        var slot = new LatestSlot<Item>();
        Item first = new(1), second = new(2);
        slot.Put(first);
        slot.TryTake(out _);

        Assert.Equal(PutResult.Stored, slot.Put(second));
        Assert.Equal(0, first.Disposals);
    }

    [Fact]
    public void Close_WithWaitingItem_DisposesItAndEveryLaterOne()
    {
        var slot = new LatestSlot<Item>();
        Item waiting = new(1), late = new(2);
        slot.Put(waiting);

        Assert.True(slot.Close());
        Assert.False(slot.Close());
        Assert.Equal(PutResult.Closed, slot.Put(late));
        Assert.False(slot.Take(out _));
        Assert.Equal((1, 1), (waiting.Disposals, late.Disposals));
    }

    [Fact]
    public void Slot_UnderManyWriters_LosesNothingAndKeepsEachWritersOrder()
    {
        const int Writers = 3, PerWriter = 20_000;
        var slot = new LatestSlot<Item>();
        var items = new Item[Writers * PerWriter];
        int taken = 0;
        bool ordered = true;
        var taker = new Thread(() =>
        {
            int[] last = [-1, -1, -1];
            while (slot.Take(out Item? item))
            {
                int writer = item!.Number / PerWriter;
                ordered &= item.Number > last[writer];
                last[writer] = item.Number;
                item.Dispose();
                taken++;
            }
        });
        taker.Start();

        var writers = new Thread[Writers];
        long replaced = 0;
        for (int w = 0; w < Writers; w++)
        {
            int first = w * PerWriter;
            writers[w] = new Thread(() =>
            {
                for (int i = first; i < first + PerWriter; i++)
                {
                    items[i] = new Item(i);
                    if (slot.Put(items[i]) == PutResult.Replaced)
                        Interlocked.Increment(ref replaced);
                }
            });
            writers[w].Start();
        }

        foreach (Thread writer in writers)
            writer.Join();
        int left = slot.Close() ? 1 : 0;
        taker.Join();

        Assert.True(ordered);
        Assert.Equal(Writers * PerWriter, taken + (int)replaced + left);
        Assert.All(items, item => Assert.Equal(1, item.Disposals));
    }

    [Fact]
    public void Slot_InSteadyState_AllocatesNothing()
    {
        var slot = new LatestSlot<Item>();
        var item = new Item(0);

        AllocationAssert.None(
            () =>
            {
                slot.Put(item);
                slot.Put(item);
                slot.TryTake(out _);
            },
            runs: 1000);
    }
}
