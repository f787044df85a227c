using System.Reflection;
using System.Runtime.InteropServices;

namespace RtcEnhance.Opus;

/// <summary>Finds the system's libopus. Thread-safe.</summary>
public static class OpusLibrary
{
    /// <summary>The name that the imports carry; <see cref="Resolve"/> turns it into the system's own.</summary>
    internal const string ImportName = "opus";

    private const string HowToInstall =
        "Debian, Ubuntu: apt-get install libopus0; Fedora: dnf install opus; macOS: brew install opus; "
        + "Windows: put opus.dll beside the program.";

    private static string[] _names =
        OperatingSystem.IsWindows() ? ["opus.dll", "libopus.dll", "libopus-0.dll"]
        : OperatingSystem.IsMacOS() ? ["libopus.0.dylib", "libopus.dylib", "/opt/homebrew/lib/libopus.dylib", "/usr/local/lib/libopus.dylib"]
        : ["libopus.so.0", "libopus.so"];

    /// <summary>Whether libopus is on this machine.</summary>
    public static bool IsAvailable => TryLoad(_names, out _);

    /// <summary>What libopus calls itself, for example <c>libopus 1.3.1</c>.</summary>
    /// <exception cref="DllNotFoundException">libopus is not on this machine; the message says how to install it.</exception>
    public static unsafe string Version
    {
        get
        {
            ThrowIfMissing(_names);
            return Marshal.PtrToStringUTF8((nint)OpusNative.GetVersionString()) ?? "libopus";
        }
    }

    /// <summary>Names the library to load in place of the system's, before the first call into it.</summary>
    internal static void Use(string path) => _names = [path];

    /// <summary>Throws the one clear message about a missing libopus before the first call into it.</summary>
    internal static void ThrowIfMissing() => ThrowIfMissing(_names);

    internal static void ThrowIfMissing(string[] names)
    {
        if (!TryLoad(names, out _))
            throw new DllNotFoundException($"libopus was not found (tried {string.Join(", ", names)}). {HowToInstall}");
    }

    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == ImportName && TryLoad(_names, out var library) ? library : 0;

    private static bool TryLoad(string[] names, out nint library)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(OpusLibrary).Assembly, searchPath: null, out library))
                return true;
        }

        library = 0;
        return false;
    }
}
