using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RtcEnhance.Loopback;

/// <summary>Plays through ALSA's aplay, by a pipe.</summary>
internal static class SoundCard
{
    public static Process Start()
    {
        var start = new ProcessStartInfo("aplay", ["-q", "-t", "raw", "-f", "FLOAT_LE", "-r", "48000", "-c", "1", "--buffer-time=60000"])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        try
        {
            return Process.Start(start) ?? throw new UsageException("aplay did not start.");
        }
        catch (Win32Exception)
        {
            throw new UsageException("--play alsa needs aplay (Debian: apt-get install alsa-utils).");
        }
    }

    public static void Write(Process? card, ReadOnlySpan<float> block)
    {
        if (card is null || card.HasExited)
            return;
        card.StandardInput.BaseStream.Write(MemoryMarshal.AsBytes(block));
        card.StandardInput.BaseStream.Flush();
    }
}
