using RtcEnhance.Audio;

namespace RtcEnhance.Opus;

/// <summary>
/// Decodes Opus through the system's libopus, with its in-band FEC, its own concealment and DTX (RFC 6716, RFC 7587).
/// One thread at a time.
/// </summary>
public sealed class OpusDecoder : IAudioDecoder
{
    private const int MaxComplexity = 10;

    private readonly OpusDecoderHandle _handle;
    private readonly float[] _softClipMemory;
    private OpusMode _lastMode;

    /// <summary>A decoder; Opus itself does the change to the rate and the channels asked for.</summary>
    /// <param name="sampleRateHz">8000, 12000, 16000, 24000 or 48000 Hz.</param>
    /// <param name="channels">1 or 2.</param>
    /// <param name="complexity">0 to 10; from libopus 1.5 on, 5 and more switch its neural concealment on where it was built in.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="DllNotFoundException">libopus is not on this machine; the message says how to install it.</exception>
    public OpusDecoder(int sampleRateHz = 48000, int channels = 1, int complexity = 0)
    {
        OpusRate.ThrowIfNotSupported(sampleRateHz);
        if (complexity is < 0 or > MaxComplexity)
            throw new ArgumentOutOfRangeException(nameof(complexity), complexity, "The complexity is 0 to 10.");
        Format = new AudioFormat(sampleRateHz, channels);
        OpusLibrary.ThrowIfMissing();
        _softClipMemory = new float[channels];
        _handle = OpusNative.CreateDecoder(sampleRateHz, channels, out var error);
        OpusNative.ThrowOnError(error, "a decoder");

        // libopus before 1.5 has no decoder complexity and says so; the decoder is then what it always was.
        _ = OpusNative.DecoderControl(_handle, OpusNative.SetComplexity, complexity);
    }

    /// <inheritdoc/>
    public string Name => "opus";

    /// <inheritdoc/>
    public AudioFormat Format { get; }

    /// <summary>48000 whatever the rate decoded to (RFC 7587 section 4.1).</summary>
    public int RtpClockRateHz => 48000;

    /// <inheritdoc/>
    public int MaxSamplesPerPacket => 12 * Format.SamplesPerBlock;

    private int Divider => 48000 / Format.SampleRateHz;

    /// <inheritdoc/>
    public int GetSampleCount(ReadOnlySpan<byte> payload) =>
        OpusPacketInfo.TryParse(payload, out var info) ? info.SamplesAt48KHz / Divider : 0;

    /// <summary>
    /// Whether the payload ends in a frame without content, as DTX sends it (RFC 7587 section 3.1.3): of one or two bytes
    /// in all, or of several empty frames.
    /// </summary>
    /// <inheritdoc/>
    public bool IsDiscontinuous(ReadOnlySpan<byte> payload) =>
        OpusPacketInfo.TryParse(payload, out var info) && info.IsDiscontinuous;

    /// <summary>Decodes one payload and advances the decoder's state; a DTX payload of one or two bytes gives comfort noise.</summary>
    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="samples"/> is too short for the payload.</exception>
    /// <exception cref="ObjectDisposedException">The decoder is disposed.</exception>
    public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
    {
        if (!OpusPacketInfo.TryParse(payload, out var info))
            return 0;
        var count = info.SamplesAt48KHz / Divider;
        var length = count * Format.Channels;
        if (samples.Length < length)
            throw new ArgumentException($"The payload holds {length} samples, the output {samples.Length}.", nameof(samples));

        _lastMode = info.Mode;
        return Run(payload, samples[..length], decodeFec: false);
    }

    /// <summary>
    /// Recovers the packet just before <paramref name="nextPayload"/> from the redundancy in its first frame; the part
    /// of a longer gap that this frame does not reach is libopus's own concealment.
    /// </summary>
    /// <inheritdoc/>
    /// <returns>
    /// Samples per channel written; 0, and an unchanged decoder, where the payload holds no redundancy, where it is
    /// longer than the gap, where the gap is no multiple of 2.5 ms, and where libopus cannot use it because the last
    /// packet was not speech-coded.
    /// </returns>
    public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples)
    {
        var isUsable = OpusPacketInfo.TryParse(nextPayload, out var info)
            && info.HasFec
            && _lastMode != OpusMode.Celt
            && samples.Length >= info.FrameSamplesAt48KHz / Divider * Format.Channels;
        return isUsable && IsConcealable(samples.Length) ? Run(nextPayload, samples, decodeFec: true) : 0;
    }

    /// <summary>
    /// Runs libopus's own concealment, so that its state advances over a loss; where nobody spoke, this is the comfort
    /// noise that fills the pauses of DTX.
    /// </summary>
    /// <inheritdoc/>
    /// <returns>Samples per channel written; 0 where the duration is no multiple of 2.5 ms.</returns>
    public int Conceal(Span<float> samples) => IsConcealable(samples.Length) ? Run([], samples, decodeFec: false) : 0;

    /// <inheritdoc/>
    public void Reset()
    {
        OpusNative.ThrowOnError(OpusNative.DecoderControl(_handle, OpusNative.ResetState), "a reset");
        Array.Clear(_softClipMemory);
        _lastMode = OpusMode.Silk;
    }

    /// <summary>Releases the libopus decoder.</summary>
    public void Dispose() => _handle.Dispose();

    private bool IsConcealable(int length) => length > 0 && length % (Format.SampleRateHz / 400 * Format.Channels) == 0;

    private unsafe int Run(ReadOnlySpan<byte> payload, Span<float> samples, bool decodeFec)
    {
        fixed (byte* bytes = payload)
        fixed (float* output = samples, memory = _softClipMemory)
        {
            var count = OpusNative.Decode(_handle, bytes, payload.Length, output, samples.Length / Format.Channels, decodeFec ? 1 : 0);
            if (count <= 0)
                return 0;

            // libopus's float output overshoots full scale where its integer output would be soft-clipped.
            OpusNative.SoftClip(output, count, Format.Channels, memory);
            return count;
        }
    }
}
