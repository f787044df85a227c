using FsCheck;
using FsCheck.Fluent;

namespace RtcEnhance.Audio.Tests.Playout;

public class PacketBufferTests
{
    [Fact]
    public void TryInsert_AnyOrder_IsSortedAndOnce()
        => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var buffer = new PacketBuffer(16);
            var expected = new SortedDictionary<long, bool>();
            for (int step = 0; step < 300; step++)
            {
                if (buffer.IsFull || random.Next(3) == 0)
                {
                    if (buffer.TryPeek(out PacketBuffer.Entry first) != expected.Count > 0)
                        return false;
                    if (expected.Count == 0)
                        continue;
                    if (first.Sequence != expected.First().Key)
                        return false;
                    buffer.RemoveFirst();
                    expected.Remove(first.Sequence);
                }
                else
                {
                    long sequence = random.Next(-20, 20);
                    bool isRedundant = random.Next(2) == 0;
                    bool isHere = expected.TryGetValue(sequence, out bool isCopy);
                    bool isTaken = buffer.TryInsert(Entry(sequence, isRedundant), out bool replacesCopy);
                    if (isTaken != (!isHere || (isCopy && !isRedundant)) || replacesCopy != (isTaken && isHere))
                        return false;
                    if (isTaken)
                        expected[sequence] = isRedundant;
                }

                if (buffer.Count != expected.Count || buffer.IsFull != (expected.Count == 16))
                    return false;
                for (int i = 0; i < buffer.Count; i++)
                {
                    KeyValuePair<long, bool> entry = expected.ElementAt(i);
                    if ((buffer[i].Sequence, buffer[i].IsRedundant) != (entry.Key, entry.Value))
                        return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Clear_FullBuffer_LetsGoOfThePayloads()
    {
        var buffer = new PacketBuffer(10);
        WeakReference payload = Fill(buffer);

        buffer.Clear();
        GC.Collect();

        Assert.False(payload.IsAlive);
        Assert.Equal(0, buffer.Count);
        Assert.False(buffer.TryPeek(out _));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Fill(PacketBuffer buffer)
    {
        var payload = new byte[160];
        for (int i = 0; i < 10; i++)
            buffer.TryInsert(Entry(i, false, payload), out _);
        return new WeakReference(payload);
    }

    private static PacketBuffer.Entry Entry(long sequence, bool isRedundant, byte[]? payload = null) => new(
        new RtpPacket(1, (ushort)sequence, 0, 0, false, 0, payload ?? []), sequence, 0, 0, 0, false, isRedundant);
}
