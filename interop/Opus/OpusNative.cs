using System.Runtime.InteropServices;

namespace RtcEnhance.Opus;

/// <summary>libopus's C interface, as far as this project uses it (opus.h, opus_defines.h of 1.1 and later). Thread-safe.</summary>
internal static unsafe partial class OpusNative
{
    public const int Ok = 0;
    public const int SetBitrate = 4002;
    public const int SetComplexity = 4010;
    public const int SetInBandFec = 4012;
    public const int SetPacketLossPercent = 4014;
    public const int SetDtx = 4016;
    public const int ResetState = 4028;

    private const string Library = OpusLibrary.ImportName;

    // The control functions take variable arguments, which Apple's arm64 convention passes on the stack even where
    // registers are free. Six unused arguments fill the registers, so that the seventh lies where the callee looks.
    private static readonly bool VariadicOnStack =
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    static OpusNative() => NativeLibrary.SetDllImportResolver(typeof(OpusNative).Assembly, OpusLibrary.Resolve);

    public static int DecoderControl(OpusDecoderHandle decoder, int request, int value = 0) => VariadicOnStack
        ? DecoderControlOnStack(decoder, request, 0, 0, 0, 0, 0, 0, value)
        : DecoderControlInRegisters(decoder, request, value);

    public static int EncoderControl(OpusEncoderHandle encoder, int request, int value = 0) => VariadicOnStack
        ? EncoderControlOnStack(encoder, request, 0, 0, 0, 0, 0, 0, value)
        : EncoderControlInRegisters(encoder, request, value);

    [LibraryImport(Library, EntryPoint = "opus_get_version_string")]
    public static partial byte* GetVersionString();

    [LibraryImport(Library, EntryPoint = "opus_strerror")]
    public static partial byte* GetErrorString(int error);

    [LibraryImport(Library, EntryPoint = "opus_decoder_create")]
    public static partial OpusDecoderHandle CreateDecoder(int sampleRateHz, int channels, out int error);

    [LibraryImport(Library, EntryPoint = "opus_decoder_destroy")]
    public static partial void DestroyDecoder(nint decoder);

    [LibraryImport(Library, EntryPoint = "opus_decode_float")]
    public static partial int Decode(OpusDecoderHandle decoder, byte* payload, int payloadBytes, float* samples, int samplesPerChannel, int decodeFec);

    [LibraryImport(Library, EntryPoint = "opus_pcm_soft_clip")]
    public static partial void SoftClip(float* samples, int samplesPerChannel, int channels, float* memory);

    [LibraryImport(Library, EntryPoint = "opus_encoder_create")]
    public static partial OpusEncoderHandle CreateEncoder(int sampleRateHz, int channels, int application, out int error);

    [LibraryImport(Library, EntryPoint = "opus_encoder_destroy")]
    public static partial void DestroyEncoder(nint encoder);

    [LibraryImport(Library, EntryPoint = "opus_encode_float")]
    public static partial int Encode(OpusEncoderHandle encoder, float* samples, int samplesPerChannel, byte* payload, int payloadBytes);

    /// <summary>Throws what libopus said of a call at set-up.</summary>
    public static void ThrowOnError(int error, string call)
    {
        if (error < Ok)
            throw new InvalidOperationException($"libopus refused {call}: {Marshal.PtrToStringUTF8((nint)GetErrorString(error))} ({error}).");
    }

    [LibraryImport(Library, EntryPoint = "opus_decoder_ctl")]
    private static partial int DecoderControlInRegisters(OpusDecoderHandle decoder, int request, int value);

    [LibraryImport(Library, EntryPoint = "opus_decoder_ctl")]
    private static partial int DecoderControlOnStack(
        OpusDecoderHandle decoder, int request, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, int value);

    [LibraryImport(Library, EntryPoint = "opus_encoder_ctl")]
    private static partial int EncoderControlInRegisters(OpusEncoderHandle encoder, int request, int value);

    [LibraryImport(Library, EntryPoint = "opus_encoder_ctl")]
    private static partial int EncoderControlOnStack(
        OpusEncoderHandle encoder, int request, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, int value);
}
