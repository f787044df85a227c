namespace RtcEnhance.Video;

/// <summary>
/// VP9 from RTP, RFC 9628. PictureID and TL0PICIDX, where the sender gives them, tell lost padding and lost upper layers
/// from lost references. A picture's spatial layers come out as one access unit. One thread at a time.
/// </summary>
internal sealed class Vp9Depacketizer : IDepacketizer
{
    private const int HasPictureId = 0x80;
    private const int IsPredicted = 0x40;
    private const int HasLayers = 0x20;
    private const int IsFlexible = 0x10;
    private const int BeginsLayerFrame = 0x08;
    private const int HasStructure = 0x02;

    // F flag set: up to three references per picture.
    private const int MaxReferences = 3;

    /// <inheritdoc/>
    public VideoCodec Codec => VideoCodec.Vp9;

    /// <inheritdoc/>
    public bool TryParse(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = new PayloadInfo { PictureId = -1, BaseLayerIndex = -1, TemporalLayer = -1 };
        if (payload.IsEmpty)
            return true;

        var reader = new Reader(payload);
        int flags = reader.Next();
        int pictureId = -1;
        int pictureIdBits = 0;
        if ((flags & HasPictureId) != 0)
        {
            pictureId = reader.Next();
            pictureIdBits = pictureId < 0x80 ? 7 : 15;
            if (pictureIdBits == 15)
                pictureId = ((pictureId & 0x7F) << 8) | reader.Next();
        }

        int spatialLayer = 0;
        int temporalLayer = -1;
        int baseLayerIndex = -1;
        if ((flags & HasLayers) != 0)
        {
            int layers = reader.Next();
            temporalLayer = layers >> 5;
            spatialLayer = (layers >> 1) & 7;
            if ((flags & IsFlexible) == 0)
                baseLayerIndex = reader.Next();
        }

        if ((flags & IsFlexible) != 0 && (flags & IsPredicted) != 0)
            SkipReferences(ref reader);
        if ((flags & HasStructure) != 0)
            SkipStructure(ref reader);
        if (reader.Position >= payload.Length)
            return false;

        info = new PayloadInfo
        {
            HasContent = true,
            StartsFrame = (flags & BeginsLayerFrame) != 0 && spatialLayer == 0,
            DescriptorBytes = reader.Position,
            PictureId = pictureId,
            PictureIdBits = pictureIdBits,
            BaseLayerIndex = baseLayerIndex,
            TemporalLayer = temporalLayer,
        };
        return true;
    }

    /// <inheritdoc/>
    public bool IsContinuous(in PayloadInfo previous, in PayloadInfo current)
    {
        if (current.PictureIdBits != 0 && current.PictureIdBits == previous.PictureIdBits
            && current.PictureId == ((previous.PictureId + 1) & ((1 << current.PictureIdBits) - 1)))
            return true;
        return current.TemporalLayer == 0 && current.BaseLayerIndex >= 0 && previous.BaseLayerIndex >= 0
            && current.BaseLayerIndex == ((previous.BaseLayerIndex + 1) & 0xFF);
    }

    /// <inheritdoc/>
    public bool Append(ReadOnlySpan<byte> payload, in PayloadInfo info, AccessUnit unit)
        => unit.Append(payload[info.DescriptorBytes..]);

    /// <summary>Reads the first bits of the uncompressed header, VP9 bitstream specification section 6.2.</summary>
    public AssemblyResult Complete(AccessUnit unit)
    {
        int bits = unit.Bytes[0];
        if (bits >> 6 != 0b10)
            return AssemblyResult.Broken;

        // Profile 3 alone has a reserved bit before show_existing_frame and frame_type.
        int shift = (bits & 0x30) == 0x30 ? 1 : 2;
        unit.IsKeyFrame = ((bits >> shift) & 0b11) == 0;
        return AssemblyResult.Frame;
    }

    /// <inheritdoc/>
    public void Reset()
    {
    }

    private static void SkipReferences(ref Reader reader)
    {
        for (int i = 0; i < MaxReferences && (reader.Next() & 1) != 0; i++)
        {
        }
    }

    private static void SkipStructure(ref Reader reader)
    {
        int structure = reader.Next();
        if ((structure & 0x10) != 0)
            reader.Skip(4 * ((structure >> 5) + 1)); // a width and a height for each spatial layer
        if ((structure & 0x08) == 0)
            return;
        int pictures = reader.Next();
        for (int i = 0; i < pictures; i++)
            reader.Skip((reader.Next() >> 2) & 3); // its references
    }

    /// <summary>Reads zeros past the end; its position says so.</summary>
    private ref struct Reader(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> _data = data;

        public int Position { get; private set; }

        public int Next()
        {
            int value = Position < _data.Length ? _data[Position] : 0;
            Position++;
            return value;
        }

        public void Skip(int count) => Position += count;
    }
}
