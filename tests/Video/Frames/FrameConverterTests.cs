using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

public sealed class FrameConverterTests
{
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(720, 405, 13)]
    [InlineData(7, 2, -3)]
    [InlineData(16, 9, -64)]
    public void ImportThenExport_Planar_IsTheSame(int width, int height, int extra)
    {
        foreach (HostPixelFormat format in (HostPixelFormat[])[HostPixelFormat.I420, HostPixelFormat.Nv12])
        {
            foreach (FrameLayout layout in (FrameLayout[])[FrameLayout.I420, FrameLayout.Nv12])
            {
                using VideoFrame frame = Empty(width, height, layout);
                byte[] bytes = RandomBytes(1_200_000, 1);
                byte[] copy = [.. bytes];
                HostPicture picture = Planar(format, bytes, width, height, extra);
                Assert.True(FrameConverter.TryImport(picture, frame, out string? reason), reason);

                Array.Clear(bytes);
                Assert.True(FrameConverter.TryExport(frame, picture, out reason), reason);

                byte[] expected = new byte[bytes.Length];
                HostPicture from = Planar(format, copy, width, height, extra);
                HostPicture to = Planar(format, expected, width, height, extra);
                int chromaBytes = format == HostPixelFormat.Nv12 ? 2 * frame.ChromaWidth : frame.ChromaWidth;
                CopyPlane(from.Plane0, to.Plane0, from.Stride0, width, height);
                CopyPlane(from.Plane1, to.Plane1, from.Stride1, chromaBytes, frame.ChromaHeight);
                if (format == HostPixelFormat.I420)
                    CopyPlane(from.Plane2, to.Plane2, from.Stride2, chromaBytes, frame.ChromaHeight);
                Assert.Equal(expected, bytes);
            }
        }
    }

    [Fact]
    public void Import_NegativeStride_ReadsBottomUp()
    {
        byte[] bytes = [9, 9, 9, 0, 1, 1, 1];
        using VideoFrame frame = Empty(1, 2);
        HostPicture picture = HostPicture.Packed(HostPixelFormat.Bgr24, bytes, 1, 2, -4);
        frame.Range = ColorRange.Full;

        Assert.True(FrameConverter.TryImport(picture, frame, out _));

        Assert.Equal([1, 9], Samples(frame.Y));
    }

    [Theory]
    [InlineData(ColorMatrix.Bt601, ColorRange.Limited)]
    [InlineData(ColorMatrix.Bt601, ColorRange.Full)]
    [InlineData(ColorMatrix.Bt709, ColorRange.Limited)]
    [InlineData(ColorMatrix.Bt709, ColorRange.Full)]
    public void ImportAndExport_Rgb_AreWithinOneOfTheReference(ColorMatrix matrix, ColorRange range)
    {
        foreach ((HostPixelFormat format, int red, int blue, int size) in
            ((HostPixelFormat, int, int, int)[])[(HostPixelFormat.Rgb24, 0, 2, 3), (HostPixelFormat.Bgr24, 2, 0, 3), (HostPixelFormat.Bgra32, 2, 0, 4)])
        {
            foreach ((int width, int height) in ((int, int)[])[(1, 1), (31, 17), (64, 48)])
            {
                foreach (FrameLayout layout in (FrameLayout[])[FrameLayout.I420, FrameLayout.Nv12])
                {
                    byte[] bytes = RandomBytes(width * height * size, 7);
                    using VideoFrame frame = Empty(width, height, layout);
                    frame.Matrix = matrix;
                    frame.Range = range;
                    Assert.True(FrameConverter.TryImport(HostPicture.Contiguous(format, bytes, width, height), frame, out _));
                    var (y, u, v) = ReferenceColor.ToPlanes(bytes, width, height, size, red, blue, matrix, range);
                    AssertWithinOne(y, Samples(frame.Y));
                    AssertWithinOne(u, Chroma(frame, 0));
                    AssertWithinOne(v, Chroma(frame, 1));

                    byte[] back = new byte[bytes.Length];
                    Assert.True(FrameConverter.TryExport(frame, HostPicture.Contiguous(format, back, width, height), out _));
                    double[] expected = ReferenceColor.ToRgb(
                        Samples(frame.Y), Chroma(frame, 0), Chroma(frame, 1), width, height, size, red, blue, matrix, range);
                    AssertWithinOne(expected, back);
                }
            }
        }
    }

    [Fact]
    public void Export_GreyFrame_StaysGrey()
    {
        foreach (ColorRange range in (ColorRange[])[ColorRange.Limited, ColorRange.Full])
        {
            using VideoFrame frame = Constant(256, 1, 0, 128, 128);
            frame.Range = range;
            for (int x = 0; x < 256; x++)
                frame.Y.Row(0)[x] = (byte)x;
            byte[] rgb = new byte[768];

            Assert.True(FrameConverter.TryExport(frame, HostPicture.Contiguous(HostPixelFormat.Rgb24, rgb, 256, 1), out _));

            for (int x = 0; x < 256; x++)
                Assert.True(rgb[3 * x] == rgb[(3 * x) + 1] && rgb[3 * x] == rgb[(3 * x) + 2]);
        }
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(-4, 4, 12, 100)]
    [InlineData(4, 0, 12, 100)]
    [InlineData(16385, 1, 49155, 50000)]
    [InlineData(4, 4, 11, 100)]
    [InlineData(4, 4, -11, 100)]
    [InlineData(4, 4, 12, 47)]
    [InlineData(4, 4, -12, 47)]
    [InlineData(4, 4, int.MinValue, 100)]
    [InlineData(4, 4, int.MaxValue, 100)]
    public void Import_WhatDoesNotFit_IsRefusedWithAReason(int width, int height, int stride, int bytes)
    {
        using VideoFrame frame = Empty(4, 4);
        HostPicture picture = HostPicture.Packed(HostPixelFormat.Rgb24, new byte[bytes], width, height, stride);

        Assert.False(FrameConverter.TryImport(picture, frame, out string? reason));

        Assert.False(string.IsNullOrEmpty(reason));
        Assert.All(Samples(frame.Y), sample => Assert.Equal(0xA5, sample));
    }

    [Fact]
    public void Import_AnyBufferLength_IsRefusedOrRead()
    {
        var cases =
            from format in Gen.Elements(Enum.GetValues<HostPixelFormat>())
            from width in Gen.Choose(-1, 12)
            from height in Gen.Choose(-1, 12)
            from length in Gen.Choose(0, 700)
            select (format, width, height, length);
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            HostPicture picture = HostPicture.Contiguous(one.format, new byte[one.length], one.width, one.height);
            int chroma = Math.Max(0, (one.width + 1) / 2) * Math.Max(0, (one.height + 1) / 2);
            int needed = one.format switch
            {
                HostPixelFormat.I420 or HostPixelFormat.Nv12 => (one.width * one.height) + (2 * chroma),
                HostPixelFormat.Bgra32 => 4 * one.width * one.height,
                _ => 3 * one.width * one.height,
            };
            bool fits = one.width > 0 && one.height > 0 && one.length >= needed;
            if (picture.IsValid(out _) != fits)
                return false;
            if (!fits)
                return true;
            using VideoFrame frame = Empty(one.width, one.height);
            return FrameConverter.TryImport(picture, frame, out _);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Copy_BetweenLayoutsAndBack_IsTheSame()
    {
        using VideoFrame source = Random(33, 19, 3);
        using VideoFrame interleaved = Empty(33, 19, FrameLayout.Nv12);
        using VideoFrame back = Empty(33, 19);
        source.RtpTimestamp = 7;

        FrameConverter.Copy(source, interleaved);
        FrameConverter.Copy(interleaved, back);

        Assert.Equal(Samples(source.Y), Samples(back.Y));
        Assert.Equal(Samples(source.U), Samples(back.U));
        Assert.Equal(Samples(source.V), Samples(back.V));
        Assert.Equal(7u, back.RtpTimestamp);
        using VideoFrame other = Empty(34, 19);
        Assert.Throws<ArgumentException>(() => FrameConverter.Copy(source, other));
    }

    private static byte[] RandomBytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // Luma, U and V 400,000 bytes apart; a negative extra makes every stride negative.
    private static HostPicture Planar(HostPixelFormat format, byte[] bytes, int width, int height, int extra)
    {
        const int part = 400_000;
        int chromaWidth = (width + 1) / 2;
        int sign = extra < 0 ? -1 : 1;
        Span<byte> luma = bytes.AsSpan(0, part);
        Span<byte> blue = bytes.AsSpan(part, part);
        Span<byte> red = bytes.AsSpan(2 * part, part);
        return format == HostPixelFormat.Nv12
            ? HostPicture.Nv12(luma, (sign * width) + extra, blue, (sign * 2 * chromaWidth) + extra, width, height)
            : HostPicture.I420(
                luma, (sign * width) + extra, blue, (sign * chromaWidth) + extra, red, sign * chromaWidth, width, height);
    }

    private static void CopyPlane(Span<byte> from, Span<byte> to, int stride, int rowBytes, int rows)
    {
        for (int y = 0; y < rows; y++)
            from.Slice(Math.Abs(stride) * y, rowBytes).CopyTo(to[(Math.Abs(stride) * y)..]);
    }

    private static byte[] Chroma(VideoFrame frame, int component)
        => frame.Layout == FrameLayout.Nv12
            ? [.. Samples(frame.UV).Where((_, i) => i % 2 == component)]
            : Samples(component == 0 ? frame.U : frame.V);

    private static void AssertWithinOne(double[] expected, byte[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        double worst = Enumerable.Range(0, found.Length)
            .Max(i => Math.Abs(found[i] - Math.Clamp(Math.Round(expected[i]), 0, 255)));
        Assert.True(worst <= 1, $"off by {worst}");
    }
}
