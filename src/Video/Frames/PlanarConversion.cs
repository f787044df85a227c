namespace RtcEnhance.Video;

/// <summary>Copies between I420 and NV12, in frames and in a host's memory. Thread-safe on different frames.</summary>
internal static class PlanarConversion
{
    public static void Import(in HostPicture source, VideoFrame target)
    {
        int chromaWidth = target.ChromaWidth;
        int chromaHeight = target.ChromaHeight;
        for (int y = 0; y < target.Height; y++)
            HostPicture.Row(source.Plane0, source.Stride0, source.Width, source.Height, y).CopyTo(target.Y.Row(y));
        for (int y = 0; y < chromaHeight; y++)
        {
            if (source.Format == HostPixelFormat.Nv12)
            {
                Span<byte> uv = HostPicture.Row(source.Plane1, source.Stride1, 2 * chromaWidth, chromaHeight, y);
                if (target.Layout == FrameLayout.Nv12)
                    uv.CopyTo(target.UV.Row(y));
                else
                    Split(uv, target.U.Row(y), target.V.Row(y));
                continue;
            }

            Span<byte> u = HostPicture.Row(source.Plane1, source.Stride1, chromaWidth, chromaHeight, y);
            Span<byte> v = HostPicture.Row(source.Plane2, source.Stride2, chromaWidth, chromaHeight, y);
            if (target.Layout == FrameLayout.Nv12)
            {
                Join(u, v, target.UV.Row(y));
            }
            else
            {
                u.CopyTo(target.U.Row(y));
                v.CopyTo(target.V.Row(y));
            }
        }
    }

    public static void Export(VideoFrame source, in HostPicture target)
    {
        int chromaWidth = source.ChromaWidth;
        int chromaHeight = source.ChromaHeight;
        for (int y = 0; y < source.Height; y++)
            source.Y.Row(y).CopyTo(HostPicture.Row(target.Plane0, target.Stride0, target.Width, target.Height, y));
        for (int y = 0; y < chromaHeight; y++)
        {
            if (target.Format == HostPixelFormat.Nv12)
            {
                Span<byte> uv = HostPicture.Row(target.Plane1, target.Stride1, 2 * chromaWidth, chromaHeight, y);
                if (source.Layout == FrameLayout.Nv12)
                    source.UV.Row(y).CopyTo(uv);
                else
                    Join(source.U.Row(y), source.V.Row(y), uv);
                continue;
            }

            Span<byte> u = HostPicture.Row(target.Plane1, target.Stride1, chromaWidth, chromaHeight, y);
            Span<byte> v = HostPicture.Row(target.Plane2, target.Stride2, chromaWidth, chromaHeight, y);
            if (source.Layout == FrameLayout.Nv12)
            {
                Split(source.UV.Row(y), u, v);
            }
            else
            {
                source.U.Row(y).CopyTo(u);
                source.V.Row(y).CopyTo(v);
            }
        }
    }

    public static void Copy(VideoFrame source, VideoFrame target)
        => Import(ViewOf(source), target);

    private static HostPicture ViewOf(VideoFrame frame)
        => frame.Layout == FrameLayout.I420
            ? HostPicture.I420(
                frame.Y.Data, frame.LumaStride, frame.U.Data, frame.ChromaStride, frame.V.Data, frame.ChromaStride,
                frame.Width, frame.Height)
            : HostPicture.Nv12(frame.Y.Data, frame.LumaStride, frame.UV.Data, frame.ChromaStride, frame.Width, frame.Height);

    private static void Split(ReadOnlySpan<byte> uv, Span<byte> u, Span<byte> v)
    {
        v = v[..u.Length];
        for (int x = 0; x < u.Length && (2 * x) + 1 < uv.Length; x++)
        {
            u[x] = uv[2 * x];
            v[x] = uv[(2 * x) + 1];
        }
    }

    private static void Join(ReadOnlySpan<byte> u, ReadOnlySpan<byte> v, Span<byte> uv)
    {
        v = v[..u.Length];
        for (int x = 0; x < u.Length && (2 * x) + 1 < uv.Length; x++)
        {
            uv[2 * x] = u[x];
            uv[(2 * x) + 1] = v[x];
        }
    }
}
