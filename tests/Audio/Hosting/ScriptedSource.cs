namespace RtcEnhance.Audio.Tests.Hosting;

/// <summary>A source whose every sample a function of its place makes; both channels carry the same.</summary>
internal sealed class ScriptedSource(Func<long, float> signal, AudioFormat? format = null) : IAudioSource
{
    private long _frame;

    public AudioFormat OutputFormat { get; } = format ?? new AudioFormat(48000);

    /// <summary>Runs at the start of a pull, before anything is written.</summary>
    public Action? OnPull { get; set; }

    public int Pulls { get; private set; }

    public static ScriptedSource Tone(double frequencyHz, float amplitude, AudioFormat? format = null)
    {
        int rate = (format ?? new AudioFormat(48000)).SampleRateHz;
        return new(n => amplitude * (float)Math.Sin(2 * Math.PI * frequencyHz * n / rate), format);
    }

    public void GetAudio(Span<float> samples)
    {
        Pulls++;
        OnPull?.Invoke();
        for (int i = 0; i < samples.Length; i += OutputFormat.Channels, _frame++)
            samples.Slice(i, OutputFormat.Channels).Fill(signal(_frame));
    }
}
