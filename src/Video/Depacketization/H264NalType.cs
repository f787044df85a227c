namespace RtcEnhance.Video;

/// <summary>NAL unit types that the receiver looks at. ITU-T H.264 table 7-1, RFC 6184 section 5.2.</summary>
internal static class H264NalType
{
    public const int Slice = 1;
    public const int IdrSlice = 5;
    public const int Sei = 6;
    public const int SequenceParameterSet = 7;
    public const int PictureParameterSet = 8;
    public const int AccessUnitDelimiter = 9;
    public const int LastSingleNal = 23;
    public const int StapA = 24;
    public const int FuA = 28;

    /// <summary>The type in a NAL unit's first byte.</summary>
    public static int Of(byte header) => header & 0x1F;
}
