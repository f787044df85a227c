using RtcEnhance.Loopback.Report.Media;

namespace RtcEnhance.EndToEnd.Tests.Report;

public class PictureWriterTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(64, 33)]
    public void PngEncode_Rgb_DecodesToTheSamePixels(int width, int height)
    {
        var pixels = Scene(width, height);

        var (decoded, decodedWidth, decodedHeight) = PngReader.Read(PngWriter.Encode(pixels, width, height));

        Assert.Equal((width, height), (decodedWidth, decodedHeight));
        Assert.Equal(pixels, decoded);
    }

    [Fact]
    public void PngEncode_Noise_DecodesToTheSamePixels()
    {
        var pixels = new byte[31 * 17 * 3];
        new Random(5).NextBytes(pixels);

        Assert.Equal(pixels, PngReader.Read(PngWriter.Encode(pixels, 31, 17)).Rgb);
    }

    [Fact]
    public void PngEncodeIndexed_Palette_DecodesToItsColours()
    {
        byte[] palette = [10, 20, 30, 40, 50, 60, 70, 80, 90];
        byte[] indices = [0, 1, 2, 2, 1, 0];

        var (decoded, _, _) = PngReader.Read(PngWriter.EncodeIndexed(indices, palette, 3, 2));

        Assert.Equal(indices.SelectMany(index => palette[(index * 3)..((index * 3) + 3)]), decoded);
    }

    [Fact]
    public void PngEncode_WrongLength_Throws()
        => Assert.Throws<ArgumentException>(() => PngWriter.Encode(new byte[11], 2, 2));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 8)]
    [InlineData(41, 23)]
    [InlineData(96, 64)]
    public void JpegEncode_Scene_DecodesCloseToIt(int width, int height)
    {
        var pixels = Scene(width, height);

        var (decoded, decodedWidth, decodedHeight) = JpegReader.Read(JpegWriter.Encode(pixels, width, height, 94));

        Assert.Equal((width, height), (decodedWidth, decodedHeight));
        // Chroma steps of 12 err by 12 * 12 / 12 where every coefficient counts, as in a block with a hard edge.
        Assert.True(PsnrDb(pixels, decoded) > 35, $"{PsnrDb(pixels, decoded):F1} dB");
    }

    [Fact]
    public void JpegEncode_NoiseAtQuality100_DecodesCloseToIt()
    {
        var pixels = new byte[48 * 40 * 3];
        new Random(6).NextBytes(pixels);

        var (decoded, _, _) = JpegReader.Read(JpegWriter.Encode(pixels, 48, 40, 100));

        Assert.True(PsnrDb(pixels, decoded) > 45, $"{PsnrDb(pixels, decoded):F1} dB");
    }

    [Theory]
    [InlineData(0, 1, 90)]
    [InlineData(1, 0, 90)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, 101)]
    public void JpegEncode_OutOfRange_Throws(int width, int height, int quality)
        => Assert.Throws<ArgumentOutOfRangeException>(() => JpegWriter.Encode(new byte[3], width, height, quality));

    // Slopes and a hard edge: what video frames are made of.
    private static byte[] Scene(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < width * height; i++)
        {
            var (x, y) = (i % width, i / width);
            pixels[i * 3] = (byte)(3 * (x % 80));
            pixels[(i * 3) + 1] = (byte)(x > y ? 200 : 40);
            pixels[(i * 3) + 2] = (byte)(128 + (100 * Math.Sin((x + (2 * y)) / 9.0)));
        }

        return pixels;
    }

    private static double PsnrDb(byte[] expected, byte[] actual)
    {
        var error = expected.Zip(actual, (a, b) => (double)(a - b) * (a - b)).Average();
        return 10 * Math.Log10(255 * 255 / Math.Max(error, 1e-9));
    }
}
