namespace RtcEnhance.Video;

/// <summary>The quantiser and the picture parameter set of a slice. ITU-T H.264 section 7.3.3.</summary>
internal static class H264SliceHeader
{
    private const int MaxEntries = 66;

    /// <summary>Reads pic_parameter_set_id, 0 to 255; -1 where the data is broken.</summary>
    public static int ReadPictureSetId(ReadOnlySpan<byte> nal)
    {
        var reader = new H264BitReader(nal[1..]);
        reader.ReadUnsigned(); // first_mb_in_slice
        reader.ReadUnsigned(); // slice_type
        uint id = reader.ReadUnsigned();
        return reader.IsExhausted || id > 255 ? -1 : (int)id;
    }

    /// <summary>Reads SliceQP = 26 + pic_init_qp_minus26 + slice_qp_delta; null where the data is broken or outside 0 to 51.</summary>
    public static int? ReadQp(ReadOnlySpan<byte> nal, in H264SequenceParameterSet sps, in H264PictureParameterSet pps)
    {
        bool isIdr = H264NalType.Of(nal[0]) == H264NalType.IdrSlice;
        bool isReference = (nal[0] & 0x60) != 0;
        var reader = new H264BitReader(nal[1..]);
        reader.ReadUnsigned(); // first_mb_in_slice
        uint sliceType = reader.ReadUnsigned() % 5;
        bool isB = sliceType == 1;
        bool isIntra = sliceType is 2 or 4;
        reader.ReadUnsigned(); // pic_parameter_set_id
        if (sps.HasSeparatePlanes)
            reader.ReadBits(2); // colour_plane_id
        reader.ReadBits(sps.FrameNumberBits);
        bool isField = !sps.IsFramesOnly && reader.ReadFlag();
        if (isField)
            reader.ReadFlag(); // bottom_field_flag
        if (isIdr)
            reader.ReadUnsigned(); // idr_pic_id

        if (sps.OrderCountType == 0)
        {
            reader.ReadBits(sps.OrderCountBits);
            if (pps.HasBottomFieldOrder && !isField)
                reader.ReadSigned(); // delta_pic_order_cnt_bottom
        }
        else if (sps.OrderCountType == 1 && !sps.IsOrderDeltaZero)
        {
            reader.ReadSigned(); // delta_pic_order_cnt[0]
            if (pps.HasBottomFieldOrder && !isField)
                reader.ReadSigned(); // delta_pic_order_cnt[1]
        }

        if (pps.HasRedundantCount)
            reader.ReadUnsigned(); // redundant_pic_cnt
        if (isB)
            reader.ReadFlag(); // direct_spatial_mv_pred_flag

        int references0 = pps.ReferenceCount0;
        int references1 = pps.ReferenceCount1;
        if (!isIntra)
        {
            if (reader.ReadFlag())
            {
                references0 = (int)Math.Min(reader.ReadUnsigned(), 31) + 1;
                if (isB)
                    references1 = (int)Math.Min(reader.ReadUnsigned(), 31) + 1;
            }

            SkipListModification(ref reader);
            if (isB)
                SkipListModification(ref reader);
            if ((pps.IsWeighted && !isB) || (pps.BipredictionWeighting == 1 && isB))
                SkipWeights(ref reader, sps, references0, isB ? references1 : 0);
        }

        if (isReference)
            SkipReferenceMarking(ref reader, isIdr);
        if (pps.IsCabac && !isIntra)
            reader.ReadUnsigned(); // cabac_init_idc
        int qp = pps.InitialQp + reader.ReadSigned();
        return reader.IsExhausted || qp is < 0 or > 51 ? null : qp;
    }

    private static void SkipListModification(ref H264BitReader reader)
    {
        if (!reader.ReadFlag())
            return;
        for (int i = 0; i < MaxEntries && reader.ReadUnsigned() < 3; i++)
            reader.ReadUnsigned(); // abs_diff_pic_num_minus1 or long_term_pic_num
    }

    private static void SkipWeights(ref H264BitReader reader, in H264SequenceParameterSet sps, int references0, int references1)
    {
        bool hasChroma = sps.ChromaFormat != 0 && !sps.HasSeparatePlanes;
        reader.ReadUnsigned(); // luma_log2_weight_denom
        if (hasChroma)
            reader.ReadUnsigned(); // chroma_log2_weight_denom
        for (int i = 0; i < references0 + references1; i++)
        {
            if (reader.ReadFlag())
            {
                reader.ReadSigned();
                reader.ReadSigned();
            }

            if (!hasChroma || !reader.ReadFlag())
                continue;
            for (int j = 0; j < 4; j++)
                reader.ReadSigned();
        }
    }

    private static void SkipReferenceMarking(ref H264BitReader reader, bool isIdr)
    {
        if (isIdr)
        {
            reader.ReadBits(2); // no_output_of_prior_pics_flag, long_term_reference_flag
            return;
        }

        if (!reader.ReadFlag())
            return;
        for (int i = 0; i < MaxEntries; i++)
        {
            uint operation = reader.ReadUnsigned();
            if (operation == 0)
                return;
            if (operation != 5)
                reader.ReadUnsigned();
            if (operation == 3)
                reader.ReadUnsigned();
        }
    }
}
