using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// The companding of ITU-T G.711 between codes and left-justified 16-bit samples: mu-law holds 14 bits (Table 2), A-law
/// 13 bits (Table 1). A negative sample is mirrored by its one's complement, so that each decision value belongs to the
/// interval above it in magnitude. Thread-safe.
/// </summary>
internal static class G711
{
    private const int MuLawBias = 33;
    private const int MuLawClip = 0x1FFF;

    public static short DecodeMuLaw(byte code)
    {
        var inverted = (byte)~code;
        var segment = (inverted >> 4) & 7;
        var magnitude = (((2 * (inverted & 15)) + MuLawBias) << segment) - MuLawBias;
        return (short)((inverted & 0x80) != 0 ? -magnitude << 2 : magnitude << 2);
    }

    public static byte EncodeMuLaw(short sample)
    {
        var magnitude = Math.Min((Mirror(sample) >> 2) + MuLawBias, MuLawClip);
        var segment = BitOperations.Log2((uint)magnitude) - 5;
        var code = (segment << 4) | ((magnitude >> (segment + 1)) & 15);
        return (byte)~(sample < 0 ? code | 0x80 : code);
    }

    public static short DecodeALaw(byte code)
    {
        // Even bits travel inverted (Table 1a, note 2).
        var plain = code ^ 0x55;
        var segment = (plain >> 4) & 7;
        var step = plain & 15;
        var magnitude = segment == 0 ? (2 * step) + 1 : ((2 * step) + 33) << (segment - 1);
        return (short)((plain & 0x80) != 0 ? magnitude << 3 : -magnitude << 3);
    }

    public static byte EncodeALaw(short sample)
    {
        var magnitude = Mirror(sample) >> 4;
        var segment = Math.Max(BitOperations.Log2((uint)magnitude | 1) - 3, 0);
        var step = (segment == 0 ? magnitude : magnitude >> (segment - 1)) & 15;
        var code = (segment << 4) | step;
        return (byte)((sample < 0 ? code : code | 0x80) ^ 0x55);
    }

    private static int Mirror(short sample) => sample < 0 ? ~sample : sample;
}
