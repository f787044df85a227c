using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>
/// A host's memory with a picture of two tones in it, light over dark, in any format and with any stride; the padding
/// holds another value. One thread at a time.
/// </summary>
internal sealed class HostBuffer
{
    private const byte Padding = 0xEE;

    private readonly byte[][] _planes = [new byte[1], new byte[1], new byte[1]];

    /// <summary>Draws a picture.</summary>
    /// <param name="format">Its format.</param>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="padding">Bytes between two rows.</param>
    /// <param name="isBottomUp">Whether the rows are stored bottom-up, with negative strides.</param>
    /// <param name="top">Grey level of the upper half.</param>
    /// <param name="bottom">Grey level of the lower half.</param>
    /// <returns>The picture, valid until the next one is drawn.</returns>
    public HostPicture Draw(HostPixelFormat format, int width, int height, int padding, bool isBottomUp, byte top, byte bottom)
    {
        int chromaWidth = (width + 1) / 2;
        int chromaHeight = (height + 1) / 2;
        switch (format)
        {
            case HostPixelFormat.I420:
                return HostPicture.I420(
                    Plane(0, width, height, padding, top, bottom, isBottomUp), Stride(width, padding, isBottomUp),
                    Plane(1, chromaWidth, chromaHeight, padding, 128, 128, isBottomUp), Stride(chromaWidth, padding, isBottomUp),
                    Plane(2, chromaWidth, chromaHeight, padding, 128, 128, isBottomUp), Stride(chromaWidth, padding, isBottomUp),
                    width, height);
            case HostPixelFormat.Nv12:
                return HostPicture.Nv12(
                    Plane(0, width, height, padding, top, bottom, isBottomUp), Stride(width, padding, isBottomUp),
                    Plane(1, 2 * chromaWidth, chromaHeight, padding, 128, 128, isBottomUp), Stride(2 * chromaWidth, padding, isBottomUp),
                    width, height);
            default:
                int rowBytes = width * (format == HostPixelFormat.Bgra32 ? 4 : 3);
                return HostPicture.Packed(
                    format, Plane(0, rowBytes, height, padding, top, bottom, isBottomUp), width, height, Stride(rowBytes, padding, isBottomUp));
        }
    }

    private static int Stride(int rowBytes, int padding, bool isBottomUp) => isBottomUp ? -(rowBytes + padding) : rowBytes + padding;

    private Span<byte> Plane(int index, int rowBytes, int rows, int padding, byte top, byte bottom, bool isBottomUp)
    {
        int stride = rowBytes + padding;
        int bytes = (stride * (rows - 1)) + rowBytes;
        if (_planes[index].Length < bytes)
            _planes[index] = new byte[bytes];
        Span<byte> plane = _planes[index].AsSpan(0, bytes);
        plane.Fill(Padding);
        for (int y = 0; y < rows; y++)
            plane.Slice((isBottomUp ? rows - 1 - y : y) * stride, rowBytes).Fill(y < rows / 2 ? top : bottom);
        return plane;
    }
}
