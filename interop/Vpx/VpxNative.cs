using System.Reflection;
using System.Runtime.InteropServices;

namespace RtcEnhance.Vpx;

/// <summary>The five entry points of libvpx that decoding needs, and where the library is found.</summary>
internal static unsafe partial class VpxNative
{
    /// <summary>VPX_CODEC_OK.</summary>
    public const int Ok = 0;

    /// <summary>VPX_CODEC_ABI_MISMATCH.</summary>
    public const int AbiMismatch = 3;

    private const string Library = "vpx";

    // One name per release line of libvpx, newest first, then what other systems call it.
    private static readonly string[] Names =
    [
        "libvpx.so.12", "libvpx.so.11", "libvpx.so.10", "libvpx.so.9", "libvpx.so.8", "libvpx.so.7", "libvpx.so.6",
        "libvpx.so", "libvpx.dylib", "vpx.dll", "libvpx-1.dll", "vpx",
    ];

    static VpxNative() => NativeLibrary.SetDllImportResolver(typeof(VpxNative).Assembly, Resolve);

    /// <summary>vpx_codec_vp8_dx.</summary>
    [LibraryImport(Library, EntryPoint = "vpx_codec_vp8_dx")]
    public static partial nint Vp8Interface();

    /// <summary>vpx_codec_dec_init_ver.</summary>
    [LibraryImport(Library, EntryPoint = "vpx_codec_dec_init_ver")]
    public static partial int Initialize(void* context, nint codecInterface, DecoderConfig* config, nint flags, int abiVersion);

    /// <summary>vpx_codec_decode.</summary>
    [LibraryImport(Library, EntryPoint = "vpx_codec_decode")]
    public static partial int Decode(void* context, byte* data, uint size, void* user, nint deadline);

    /// <summary>vpx_codec_get_frame.</summary>
    [LibraryImport(Library, EntryPoint = "vpx_codec_get_frame")]
    public static partial VpxImage* NextPicture(void* context, void** iterator);

    /// <summary>vpx_codec_destroy.</summary>
    [LibraryImport(Library, EntryPoint = "vpx_codec_destroy")]
    public static partial int Destroy(void* context);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return 0;
        foreach (string candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out nint handle))
                return handle;
        }

        throw new DllNotFoundException("libvpx was not found; on Debian: apt-get install libvpx7 (or libvpx9, libvpx-dev).");
    }

    /// <summary>vpx_codec_dec_cfg_t.</summary>
    public struct DecoderConfig
    {
        /// <summary>Threads.</summary>
        public uint Threads;

        /// <summary>Width, 0 for unknown.</summary>
        public uint Width;

        /// <summary>Height, 0 for unknown.</summary>
        public uint Height;
    }
}
