using RtcEnhance.Audio;
using RtcEnhance.Opus;

namespace RtcEnhance.Interop.Tests.Opus;

public sealed class OpusPacketInfoTests
{
    [Fact]
    public void TryParse_EveryConfiguration_EqualsTheRfcsTable()
    {
        // RFC 6716 Table 2, frame durations in units of 2.5 ms.
        int[] silk = [4, 8, 16, 24];
        int[] hybrid = [4, 8];
        int[] celt = [1, 2, 4, 8];
        var expected = Repeat(OpusMode.Silk, silk, 3).Concat(Repeat(OpusMode.Hybrid, hybrid, 2)).Concat(Repeat(OpusMode.Celt, celt, 4)).ToArray();

        for (var config = 0; config < 32; config++)
        {
            Assert.True(OpusPacketInfo.TryParse([(byte)(config << 3)], out var mono));
            Assert.True(OpusPacketInfo.TryParse([(byte)((config << 3) | 4)], out var stereo));
            Assert.Equal(expected[config], (mono.Mode, mono.SamplesAt48KHz / 120));
            Assert.Equal((false, true), (mono.IsStereo, stereo.IsStereo));
        }
    }

    [Theory]
    [InlineData("", 0)] // R1
    [InlineData("08", 1)]
    [InlineData("09", 2)] // two empty frames
    [InlineData("09AA", 0)] // R3: odd
    [InlineData("09AABB", 2)]
    [InlineData("0A", 0)] // R4: no length
    [InlineData("0A01AA", 2)]
    [InlineData("0A02AA", 0)]
    [InlineData("0AFC", 0)]
    [InlineData("0B", 0)] // R6: no count
    [InlineData("0B00", 0)]
    [InlineData("0B06", 6)] // 120 ms of empty frames
    [InlineData("0B07", 0)] // R5: 140 ms
    [InlineData("0B02AABB", 2)]
    [InlineData("0B02AABBCC", 0)]
    [InlineData("0B4101AA00", 1)] // padded by one byte
    [InlineData("0B41FF", 0)]
    [InlineData("0B4105AA", 0)]
    [InlineData("0B8201AABB", 2)] // VBR
    [InlineData("0B8205AABB", 0)] // R7
    [InlineData("0B82", 0)]
    [InlineData("0B81AABB", 1)]
    public void TryParse_Framing_CountsTheFramesOrRefuses(string hex, int frames)
    {
        Assert.Equal(frames > 0, OpusPacketInfo.TryParse(Convert.FromHexString(hex), out var info));
        Assert.Equal(frames, info.FrameCount);
    }

    [Fact]
    public void TryParse_FrameAbove1275Bytes_IsRefused()
    {
        Assert.True(OpusPacketInfo.TryParse(new byte[1276], out _));
        Assert.False(OpusPacketInfo.TryParse(new byte[1277], out _));
    }

    [Theory]
    [InlineData("084000", true)] // SILK 20 ms: activity, then LBRR
    [InlineData("088000", false)]
    [InlineData("102000", true)] // 40 ms: two activity bits first
    [InlineData("10C000", false)]
    [InlineData("181000", true)] // 60 ms: three
    [InlineData("18E000", false)]
    [InlineData("0C1000", true)] // stereo: the side channel's bit
    [InlineData("0CA000", false)]
    [InlineData("1C0100", true)]
    [InlineData("1CEE00", false)]
    [InlineData("784000", true)] // hybrid 20 ms
    [InlineData("F8FF00", false)] // CELT
    [InlineData("0B82024000BB", true)] // first of two VBR frames
    [InlineData("0B820000", false)]
    [InlineData("0A0040", false)] // the first frame is empty
    [InlineData("0840", false)] // one byte: libopus takes the frame for a missing one
    public void TryParse_LbrrFlag_IsReadFromTheFirstFrame(string hex, bool expected)
    {
        Assert.True(OpusPacketInfo.TryParse(Convert.FromHexString(hex), out var info));
        Assert.Equal(expected, info.HasFec);
    }

    [Theory]
    [InlineData("08", true)]
    [InlineData("0840", true)]
    [InlineData("084000", false)]
    [InlineData("09", true)]
    [InlineData("09AABB", true)]
    [InlineData("09AABBCCDD", false)]
    [InlineData("0A02AABB", true)] // speech, then silence
    [InlineData("0A00AABB", false)] // silence, then speech
    [InlineData("0B06", true)] // 120 ms of empty frames
    [InlineData("0B41020000", true)] // padding alone
    [InlineData("0B02AABBCCDD", false)]
    [InlineData("0B8202AABB", true)]
    [InlineData("0B8200AABB", false)]
    [InlineData("F8", true)] // CELT
    [InlineData("F8AABB", false)]
    public void TryParse_LastFrameWithoutContent_IsDiscontinuous(string hex, bool expected)
    {
        using var decoder = new OpusDecoder();

        Assert.True(OpusPacketInfo.TryParse(Convert.FromHexString(hex), out var info));
        Assert.Equal(expected, info.IsDiscontinuous);
        Assert.Equal(expected, ((IAudioDecoder)decoder).IsDiscontinuous(Convert.FromHexString(hex)));
    }

    private static IEnumerable<(OpusMode, int)> Repeat(OpusMode mode, int[] durations, int times) =>
        Enumerable.Range(0, times).SelectMany(_ => durations.Select(duration => (mode, duration)));
}
