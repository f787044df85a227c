using NAudio.CoreAudioApi;
using NAudio.Wave;
using NAudio.Wave.Alsa;
using RtcEnhance.NAudio;
using IAudioSource = RtcEnhance.Audio.IAudioSource;

namespace RtcEnhance.Softphone;

/// <summary>
/// The sound card of Linux or Windows. It pulls at its own clock's pace, so that nothing drifts: the receiver stretches
/// what the sender's clock brings too fast or too slowly. One thread at a time.
/// </summary>
internal sealed class SoundCard : IDisposable
{
    private readonly IWavePlayer _player;

    public SoundCard(IAudioSource source, string device, Action<string> say)
    {
        _player = Open(device);
        _player.PlaybackStopped += (_, stopped) =>
        {
            if (stopped.Exception is { } e)
                say($"the sound card stopped: {e.Message}");
        };
        _player.Init(new AudioSourceProvider(source));
        _player.Play();
    }

    public void Dispose() => _player.Dispose();

    private static IWavePlayer Open(string device)
    {
        if (OperatingSystem.IsLinux())
            return new AlsaOut(device == "device" ? "default" : device);
        if (OperatingSystem.IsWindows() && device == "device")
            return new WasapiPlayerBuilder().WithSharedMode().WithLatency(20).Build();
        throw new UsageException($"--play {device} is not known on this system.");
    }
}
