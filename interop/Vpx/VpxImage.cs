namespace RtcEnhance.Vpx;

/// <summary>
/// The leading fields of vpx_image_t; unchanged from libvpx 1.5 to 1.15 (VPX_IMAGE_ABI_VERSION 4 and 5). The decoder
/// checks the first picture against what the stream says, in case a release moves them.
/// </summary>
internal unsafe struct VpxImage
{
    /// <summary>VPX_IMG_FMT_I420.</summary>
    public const int FormatI420 = 0x102;

#pragma warning disable CS0649 // the library writes the fields
    public int Format;
    public int ColorSpace;
    public int ColorRange;
    public uint StoredWidth;
    public uint StoredHeight;
    public uint BitDepth;
    public uint Width;
    public uint Height;
    public uint RenderWidth;
    public uint RenderHeight;
    public uint ChromaShiftX;
    public uint ChromaShiftY;
    public byte* PlaneY;
    public byte* PlaneU;
    public byte* PlaneV;
    public byte* PlaneAlpha;
    public int StrideY;
    public int StrideU;
    public int StrideV;
    public int StrideAlpha;
#pragma warning restore CS0649

    /// <summary>Whether the fields make sense for a stream of this size.</summary>
    public readonly bool IsPlausible(int width, int height)
        => Format == FormatI420 && Width == width && Height == height && StoredWidth >= Width && StoredHeight >= Height
            && ChromaShiftX == 1 && ChromaShiftY == 1 && PlaneY != null && PlaneU != null && PlaneV != null
            && StrideY >= width && StrideU >= (width + 1) / 2 && StrideV >= (width + 1) / 2;
}
