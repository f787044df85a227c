using RtcEnhance.Benchmarks;
using RtcEnhance.Benchmarks.ContactSheet;

namespace RtcEnhance.EndToEnd.Tests.ContactSheet;

public sealed class SheetCanvasTests
{
    [Fact]
    public void Draw_PartOfAPicture_RepeatsEachPixel()
    {
        byte[] pixels = [.. Enumerable.Range(0, 3 * 4 * 3).Select(i => (byte)i)];
        var canvas = new SheetCanvas(7, 6);

        canvas.Draw(new RgbImage(4, 3, pixels), 1, 1, 2, 2, scale: 2, left: 2, top: 1);

        RgbImage found = canvas.ToImage();
        for (int y = 0; y < 6; y++)
        {
            for (int x = 0; x < 7; x++)
            {
                bool isInside = x is >= 2 and < 6 && y is >= 1 and < 5;
                byte[] expected = isInside ? pixels[(3 * (((1 + ((y - 1) / 2)) * 4) + 1 + ((x - 2) / 2)))..][..3] : [255, 255, 255];
                Assert.Equal(expected, found.Pixels[(3 * ((y * 7) + x))..][..3]);
            }
        }
    }

    [Fact]
    public void Write_Letters_LooksLikeThem()
    {
        var canvas = new SheetCanvas(13, 7);

        canvas.Write("l4", scale: 1, left: 0, top: 0);

        byte[] pixels = canvas.ToImage().Pixels;
        string[] rows = [.. Enumerable.Range(0, 7).Select(y => string.Concat(Enumerable.Range(0, 13).Select(x => pixels[3 * ((y * 13) + x)] == 0 ? '#' : '.')))];
        Assert.Equal(
        [
            "#........#...",
            "#.......##...",
            "#......#.#...",
            "#.....#..#...",
            "#.....#####..",
            "#........#...",
            "#####....#...",
        ],
        rows);
    }

    [Fact]
    public void Write_TooLongText_IsCutAtTheEdge()
    {
        var canvas = new SheetCanvas(8, 7);

        canvas.Write("HHH", scale: 1, left: 0, top: 0);

        Assert.Equal(0, canvas.ToImage().Pixels[^(3 * 2)]);
    }

    [Fact]
    public void HasInk_EveryLabelLetter_HasSome()
    {
        foreach (char letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.,/:()+")
            Assert.Contains(Enumerable.Range(0, 5 * PixelFont.Height), i => PixelFont.HasInk($"{letter}", i % 5, i / 5));
        Assert.DoesNotContain(Enumerable.Range(0, 5 * PixelFont.Height), i => PixelFont.HasInk("~", i % 5, i / 5));
    }
}
