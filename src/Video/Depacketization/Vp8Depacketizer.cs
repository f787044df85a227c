namespace RtcEnhance.Video;

/// <summary>
/// VP8 from RTP, RFC 7741. PictureID and TL0PICIDX, where the sender gives them, tell lost padding and lost upper
/// layers from lost references. One thread at a time.
/// </summary>
internal sealed class Vp8Depacketizer : IDepacketizer
{
    /// <inheritdoc/>
    public VideoCodec Codec => VideoCodec.Vp8;

    /// <inheritdoc/>
    public bool TryParse(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = new PayloadInfo { PictureId = -1, BaseLayerIndex = -1, TemporalLayer = -1 };
        if (payload.IsEmpty)
            return true;

        byte required = payload[0];
        int position = 1;
        int pictureId = -1;
        int pictureIdBits = 0;
        int baseLayerIndex = -1;
        int temporalLayer = -1;
        bool isLayerSync = false;
        if ((required & 0x80) != 0)
        {
            if (payload.Length < 2)
                return false;
            byte extension = payload[1];
            position = 2;
            if ((extension & 0x80) != 0 && !TryReadPictureId(payload, ref position, out pictureId, out pictureIdBits))
                return false;
            if ((extension & 0x40) != 0)
            {
                if (position >= payload.Length)
                    return false;
                baseLayerIndex = payload[position++];
            }

            if ((extension & 0x30) != 0)
            {
                if (position >= payload.Length)
                    return false;
                byte layer = payload[position++];
                if ((extension & 0x20) != 0)
                {
                    temporalLayer = layer >> 6;
                    isLayerSync = (layer & 0x20) != 0;
                }
            }
        }

        if (position >= payload.Length)
            return false;
        info = new PayloadInfo
        {
            HasContent = true,
            StartsFrame = (required & 0x10) != 0 && (required & 0x0F) == 0,
            DescriptorBytes = position,
            PictureId = pictureId,
            PictureIdBits = pictureIdBits,
            BaseLayerIndex = baseLayerIndex,
            TemporalLayer = temporalLayer,
            IsLayerSync = isLayerSync,
        };
        return true;
    }

    /// <inheritdoc/>
    public bool IsContinuous(in PayloadInfo previous, in PayloadInfo current)
    {
        if (current.PictureIdBits != 0 && current.PictureIdBits == previous.PictureIdBits
            && current.PictureId == ((previous.PictureId + 1) & ((1 << current.PictureIdBits) - 1)))
            return true;
        if (current.BaseLayerIndex < 0 || previous.BaseLayerIndex < 0)
            return false;
        if (current.TemporalLayer == 0)
            return current.BaseLayerIndex == ((previous.BaseLayerIndex + 1) & 0xFF);
        return current.TemporalLayer > 0 && current.IsLayerSync && current.BaseLayerIndex == previous.BaseLayerIndex;
    }

    /// <inheritdoc/>
    public bool Append(ReadOnlySpan<byte> payload, in PayloadInfo info, AccessUnit unit)
        => unit.Append(payload[info.DescriptorBytes..]);

    /// <inheritdoc/>
    public AssemblyResult Complete(AccessUnit unit)
    {
        if (!Vp8FrameHeader.TryParse(unit.Bytes, out Vp8FrameHeader header))
            return AssemblyResult.Broken;
        unit.IsKeyFrame = header.IsKeyFrame;
        unit.Width = header.Width;
        unit.Height = header.Height;
        unit.Qp = header.BaseQuantizerIndex >= 0 ? header.BaseQuantizerIndex : null;
        return AssemblyResult.Frame;
    }

    /// <inheritdoc/>
    public void Reset()
    {
    }

    private static bool TryReadPictureId(ReadOnlySpan<byte> payload, ref int position, out int pictureId, out int bits)
    {
        pictureId = -1;
        bits = 0;
        if (position >= payload.Length)
            return false;
        byte first = payload[position++];
        pictureId = first & 0x7F;
        bits = 7;
        if ((first & 0x80) == 0)
            return true;
        if (position >= payload.Length)
            return false;
        pictureId = (pictureId << 8) | payload[position++];
        bits = 15;
        return true;
    }
}
