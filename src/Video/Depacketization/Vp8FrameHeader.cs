namespace RtcEnhance.Video;

/// <summary>The facts at the start of a VP8 frame. RFC 6386 sections 9.1 to 9.6 and 19.2.</summary>
internal readonly record struct Vp8FrameHeader
{
    private const int FrameTagBytes = 3;
    private const int KeyFrameHeaderBytes = 10;

    /// <summary>True for a key frame.</summary>
    public bool IsKeyFrame { get; init; }

    /// <summary>Width of a key frame, 14 bits; 0 for others.</summary>
    public int Width { get; init; }

    /// <summary>Height of a key frame, 14 bits; 0 for others.</summary>
    public int Height { get; init; }

    /// <summary>y_ac_qi, 0 to 127; -1 where the data ends before it.</summary>
    public int BaseQuantizerIndex { get; init; }

    /// <summary>Reads the header; false where the frame is shorter than its fixed part or a key frame has no start code.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out Vp8FrameHeader header)
    {
        header = default;
        if (frame.Length <= FrameTagBytes)
            return false;

        bool isKeyFrame = (frame[0] & 1) == 0;
        int firstPartitionBytes = (frame[0] | (frame[1] << 8) | (frame[2] << 16)) >> 5;
        int width = 0;
        int height = 0;
        int start = FrameTagBytes;
        if (isKeyFrame)
        {
            if (frame.Length <= KeyFrameHeaderBytes || frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A)
                return false;
            width = (frame[6] | (frame[7] << 8)) & 0x3FFF;
            height = (frame[8] | (frame[9] << 8)) & 0x3FFF;
            start = KeyFrameHeaderBytes;
        }

        ReadOnlySpan<byte> firstPartition = frame[start..];
        if (firstPartitionBytes < firstPartition.Length)
            firstPartition = firstPartition[..firstPartitionBytes];
        header = new Vp8FrameHeader
        {
            IsKeyFrame = isKeyFrame,
            Width = width,
            Height = height,
            BaseQuantizerIndex = ReadQuantizer(firstPartition, isKeyFrame),
        };
        return true;
    }

    private static int ReadQuantizer(ReadOnlySpan<byte> firstPartition, bool isKeyFrame)
    {
        var reader = new BoolDecoder(firstPartition);
        if (isKeyFrame)
            reader.ReadLiteral(2); // color_space, clamping_type

        if (reader.ReadFlag())
            SkipSegmentation(ref reader);

        reader.ReadLiteral(1 + 6 + 3); // filter_type, loop_filter_level, sharpness_level
        if (reader.ReadFlag() && reader.ReadFlag())
        {
            for (int i = 0; i < 8; i++)
                reader.ReadOptionalSigned(6); // ref_frame and mb_mode deltas
        }

        reader.ReadLiteral(2); // log2_nbr_of_dct_partitions
        int quantizer = reader.ReadLiteral(7);
        return reader.IsExhausted ? -1 : quantizer;
    }

    private static void SkipSegmentation(ref BoolDecoder reader)
    {
        bool updatesMap = reader.ReadFlag();
        bool updatesData = reader.ReadFlag();
        if (updatesData)
        {
            reader.ReadFlag(); // segment_feature_mode
            for (int i = 0; i < 4; i++)
                reader.ReadOptionalSigned(7); // quantizer_update_value
            for (int i = 0; i < 4; i++)
                reader.ReadOptionalSigned(6); // lf_update_value
        }

        if (!updatesMap)
            return;
        for (int i = 0; i < 3; i++)
        {
            if (reader.ReadFlag())
                reader.ReadLiteral(8); // segment_prob
        }
    }
}
