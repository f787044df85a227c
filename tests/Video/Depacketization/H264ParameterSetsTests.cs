namespace RtcEnhance.Video.Tests.Depacketization;

public class H264ParameterSetsTests
{
    // From the vector, so that both sets parse; bytes behind the fields do not matter to the parser.
    private static readonly byte[][] Nals = Split(Vectors.H264("h264-baseline-qp30.h264")[0]);

    [Theory]
    [InlineData(H264ParameterSets.MaxSetBytes, true)]
    [InlineData(H264ParameterSets.MaxSetBytes + 1, false)]
    public void Store_SetOfSize_IsKeptUpToTheLimit(int bytes, bool isKept)
    {
        var sets = new H264ParameterSets();

        sets.Store([.. Nals[0], .. new byte[bytes - Nals[0].Length]]);
        sets.Store(Nals[1]);

        Assert.Equal(isKept, sets.TryFind(Nals[^1], out _, out _));
    }

    [Fact]
    public void Store_TooLargeSet_LeavesTheOneBefore()
    {
        var sets = new H264ParameterSets();
        sets.Store(Nals[0]);
        sets.Store(Nals[1]);

        sets.Store([.. Nals[0], .. new byte[H264ParameterSets.MaxSetBytes]]);

        Assert.True(sets.TryFind(Nals[^1], out H264SequenceParameterSet found, out _));
        Assert.Equal(4 + Nals[0].Length, sets.SequenceBytes(found.Id).Length);
    }

    private static byte[][] Split(byte[] unit)
    {
        var packets = new List<byte[]>();
        int start = 0;
        for (int i = 4; i <= unit.Length; i++)
        {
            if (i == unit.Length || unit.AsSpan(i).StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 1]))
            {
                packets.Add(unit[(start + 4)..i]);
                start = i;
            }
        }

        return [.. packets.Where(nal => (nal[0] & 0x1F) is 5 or 7 or 8)];
    }
}
