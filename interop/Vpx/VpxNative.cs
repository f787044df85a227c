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

    private const string HowToInstall =
        "Debian, Ubuntu: apt-get install libvpx7 (libvpx9 on newer ones); Fedora: dnf install libvpx; "
        + "macOS: brew install libvpx; Windows: put vpx.dll beside the program.";

    // On Linux one name per release line of libvpx, newest first.
    private static readonly string[] Names =
        OperatingSystem.IsWindows() ? ["vpx.dll", "libvpx.dll", "libvpx-1.dll"]
        : OperatingSystem.IsMacOS() ? ["libvpx.dylib", "/opt/homebrew/lib/libvpx.dylib", "/usr/local/lib/libvpx.dylib"]
        :
        [
            "libvpx.so.12", "libvpx.so.11", "libvpx.so.10", "libvpx.so.9", "libvpx.so.8", "libvpx.so.7", "libvpx.so.6",
            "libvpx.so",
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

    /// <summary>The first library of these names that is there; throws the one clear message where none is.</summary>
    internal static nint Load(string[] names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(VpxNative).Assembly, searchPath: null, out nint library))
                return library;
        }

        throw new DllNotFoundException($"libvpx was not found (tried {string.Join(", ", names)}). {HowToInstall}");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? Load(Names) : 0;

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
