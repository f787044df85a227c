namespace RtcEnhance.Video;

/// <summary>What a slice header needs of its sequence parameter set. ITU-T H.264 section 7.3.2.1.1.</summary>
internal readonly record struct H264SequenceParameterSet
{
    /// <summary>seq_parameter_set_id, 0 to 31.</summary>
    public int Id { get; init; }

    /// <summary>separate_colour_plane_flag.</summary>
    public bool HasSeparatePlanes { get; init; }

    /// <summary>Bits of frame_num.</summary>
    public int FrameNumberBits { get; init; }

    /// <summary>pic_order_cnt_type.</summary>
    public int OrderCountType { get; init; }

    /// <summary>Bits of pic_order_cnt_lsb.</summary>
    public int OrderCountBits { get; init; }

    /// <summary>delta_pic_order_always_zero_flag.</summary>
    public bool IsOrderDeltaZero { get; init; }

    /// <summary>frame_mbs_only_flag.</summary>
    public bool IsFramesOnly { get; init; }

    /// <summary>chroma_format_idc; 1 is 4:2:0.</summary>
    public int ChromaFormat { get; init; }

    /// <summary>Reads a NAL unit of type 7; false where it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> nal, out H264SequenceParameterSet set)
    {
        set = default;
        if (nal.Length < 4)
            return false;

        int profile = nal[1];
        var reader = new H264BitReader(nal[4..]);
        uint id = reader.ReadUnsigned();
        uint chromaFormat = 1;
        bool hasSeparatePlanes = false;
        if (profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135)
        {
            chromaFormat = reader.ReadUnsigned();
            hasSeparatePlanes = chromaFormat == 3 && reader.ReadFlag();
            reader.ReadUnsigned(); // bit_depth_luma_minus8
            reader.ReadUnsigned(); // bit_depth_chroma_minus8
            reader.ReadFlag(); // qpprime_y_zero_transform_bypass_flag
            if (reader.ReadFlag())
                SkipScalingLists(ref reader, chromaFormat == 3 ? 12 : 8);
        }

        uint frameNumberBits = reader.ReadUnsigned() + 4;
        uint orderCountType = reader.ReadUnsigned();
        uint orderCountBits = 0;
        bool isOrderDeltaZero = false;
        if (orderCountType == 0)
        {
            orderCountBits = reader.ReadUnsigned() + 4;
        }
        else if (orderCountType == 1)
        {
            isOrderDeltaZero = reader.ReadFlag();
            reader.ReadSigned(); // offset_for_non_ref_pic
            reader.ReadSigned(); // offset_for_top_to_bottom_field
            uint cycle = reader.ReadUnsigned();
            if (cycle > 255)
                return false;
            for (uint i = 0; i < cycle; i++)
                reader.ReadSigned(); // offset_for_ref_frame
        }

        reader.ReadUnsigned(); // max_num_ref_frames
        reader.ReadFlag(); // gaps_in_frame_num_value_allowed_flag
        reader.ReadUnsigned(); // pic_width_in_mbs_minus1
        reader.ReadUnsigned(); // pic_height_in_map_units_minus1
        bool isFramesOnly = reader.ReadFlag();
        if (reader.IsExhausted || id > 31 || chromaFormat > 3 || frameNumberBits > 16 || orderCountType > 2 || orderCountBits > 16)
            return false;

        set = new H264SequenceParameterSet
        {
            Id = (int)id,
            HasSeparatePlanes = hasSeparatePlanes,
            FrameNumberBits = (int)frameNumberBits,
            OrderCountType = (int)orderCountType,
            OrderCountBits = (int)orderCountBits,
            IsOrderDeltaZero = isOrderDeltaZero,
            IsFramesOnly = isFramesOnly,
            ChromaFormat = (int)chromaFormat,
        };
        return true;
    }

    private static void SkipScalingLists(ref H264BitReader reader, int lists)
    {
        for (int list = 0; list < lists && !reader.IsExhausted; list++)
        {
            if (!reader.ReadFlag())
                continue;
            int size = list < 6 ? 16 : 64;
            int last = 8;
            int next = 8;
            for (int i = 0; i < size && next != 0; i++)
            {
                next = (last + reader.ReadSigned() + 256) & 0xFF;
                if (next != 0)
                    last = next;
            }
        }
    }
}
