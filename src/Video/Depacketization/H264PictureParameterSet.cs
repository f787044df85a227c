namespace RtcEnhance.Video;

/// <summary>What a slice header needs of its picture parameter set. ITU-T H.264 section 7.3.2.2.</summary>
internal readonly record struct H264PictureParameterSet
{
    /// <summary>pic_parameter_set_id, 0 to 255.</summary>
    public int Id { get; init; }

    /// <summary>seq_parameter_set_id, 0 to 31.</summary>
    public int SequenceId { get; init; }

    /// <summary>entropy_coding_mode_flag: CABAC.</summary>
    public bool IsCabac { get; init; }

    /// <summary>bottom_field_pic_order_in_frame_present_flag.</summary>
    public bool HasBottomFieldOrder { get; init; }

    /// <summary>num_ref_idx_l0_default_active.</summary>
    public int ReferenceCount0 { get; init; }

    /// <summary>num_ref_idx_l1_default_active.</summary>
    public int ReferenceCount1 { get; init; }

    /// <summary>weighted_pred_flag.</summary>
    public bool IsWeighted { get; init; }

    /// <summary>weighted_bipred_idc.</summary>
    public int BipredictionWeighting { get; init; }

    /// <summary>26 + pic_init_qp_minus26.</summary>
    public int InitialQp { get; init; }

    /// <summary>redundant_pic_cnt_present_flag.</summary>
    public bool HasRedundantCount { get; init; }

    /// <summary>Reads a NAL unit of type 8; false where it is broken or uses slice groups, which no call does.</summary>
    public static bool TryParse(ReadOnlySpan<byte> nal, out H264PictureParameterSet set)
    {
        set = default;
        if (nal.Length < 2)
            return false;

        var reader = new H264BitReader(nal[1..]);
        uint id = reader.ReadUnsigned();
        uint sequenceId = reader.ReadUnsigned();
        bool isCabac = reader.ReadFlag();
        bool hasBottomFieldOrder = reader.ReadFlag();
        if (reader.ReadUnsigned() != 0)
            return false;
        uint references0 = reader.ReadUnsigned() + 1;
        uint references1 = reader.ReadUnsigned() + 1;
        bool isWeighted = reader.ReadFlag();
        uint bipredictionWeighting = reader.ReadBits(2);
        int initialQp = 26 + reader.ReadSigned();
        reader.ReadSigned(); // pic_init_qs_minus26
        reader.ReadSigned(); // chroma_qp_index_offset
        reader.ReadBits(2); // deblocking_filter_control_present_flag, constrained_intra_pred_flag
        bool hasRedundantCount = reader.ReadFlag();
        if (reader.IsExhausted || id > 255 || sequenceId > 31 || references0 > 32 || references1 > 32 || initialQp is < -62 or > 51)
            return false;

        set = new H264PictureParameterSet
        {
            Id = (int)id,
            SequenceId = (int)sequenceId,
            IsCabac = isCabac,
            HasBottomFieldOrder = hasBottomFieldOrder,
            ReferenceCount0 = (int)references0,
            ReferenceCount1 = (int)references1,
            IsWeighted = isWeighted,
            BipredictionWeighting = (int)bipredictionWeighting,
            InitialQp = initialQp,
            HasRedundantCount = hasRedundantCount,
        };
        return true;
    }
}
