using RtcEnhance.Audio;
using RtcEnhance.Opus;
using ManagedDecoder = Concentus.Structs.OpusDecoder;

namespace RtcEnhance.Concentus;

/// <summary>
/// Decodes Opus in managed code, through Concentus, with its in-band FEC, its own concealment and DTX (RFC 6716, RFC
/// 7587): for machines without libopus. It is slower than libopus and allocates on every packet. One thread at a time.
/// </summary>
public sealed class ConcentusDecoder : IAudioDecoder
{
    private readonly ManagedDecoder _decoder;
    private OpusMode _lastMode;
    private bool _isDisposed;

    /// <summary>A decoder to 48 kHz; Opus itself does the change to the channels asked for.</summary>
    /// <param name="channels">1 or 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    /// <remarks>No other rate is offered: asked for 16 kHz, Concentus 2.2.2 decodes speech at that rate to silence.</remarks>
    public ConcentusDecoder(int channels = 1)
    {
        Format = new AudioFormat(48000, channels);

        // Not by OpusCodecFactory, which is what the obsolete constructor points to: it takes a native library where it
        // finds one, after a search of the disk.
#pragma warning disable CS0618
        _decoder = new ManagedDecoder(48000, channels);
#pragma warning restore CS0618
    }

    /// <inheritdoc/>
    public string Name => "opus";

    /// <inheritdoc/>
    public AudioFormat Format { get; }

    /// <inheritdoc/>
    public int RtpClockRateHz => 48000;

    /// <inheritdoc/>
    public int MaxSamplesPerPacket => 12 * Format.SamplesPerBlock;

    /// <inheritdoc/>
    public int GetSampleCount(ReadOnlySpan<byte> payload) =>
        OpusPacketInfo.TryParse(payload, out OpusPacketInfo info) ? info.SamplesAt48KHz : 0;

    /// <summary>Whether the payload ends in a frame without content, as DTX sends it (RFC 7587 section 3.1.3).</summary>
    /// <inheritdoc/>
    public bool IsDiscontinuous(ReadOnlySpan<byte> payload) =>
        OpusPacketInfo.TryParse(payload, out OpusPacketInfo info) && info.IsDiscontinuous;

    /// <summary>Decodes one payload and advances the decoder's state; a DTX payload gives comfort noise.</summary>
    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="samples"/> is too short for the payload.</exception>
    /// <exception cref="ObjectDisposedException">The decoder is disposed.</exception>
    public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!OpusPacketInfo.TryParse(payload, out OpusPacketInfo info))
            return 0;
        int count = info.SamplesAt48KHz;
        int length = count * Format.Channels;
        if (samples.Length < length)
            throw new ArgumentException($"The payload holds {length} samples, the output {samples.Length}.", nameof(samples));

        // Concentus throws on a payload of the table-of-contents byte alone, which is how DTX says that nobody speaks.
        if (payload.Length == 1)
            return Run([], samples[..length], decodeFec: false);
        _lastMode = info.Mode;
        return Run(payload, samples[..length], decodeFec: false);
    }

    /// <summary>
    /// Recovers the packet just before <paramref name="nextPayload"/> from the redundancy in its first frame; the part
    /// of a longer gap that this frame does not reach is Opus's own concealment.
    /// </summary>
    /// <inheritdoc/>
    /// <returns>
    /// Samples per channel written; 0, and an unchanged decoder, where the payload holds no redundancy, where it is
    /// longer than the gap, where the gap is no multiple of 2.5 ms, and where the last packet was not speech-coded.
    /// </returns>
    public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        bool isUsable = OpusPacketInfo.TryParse(nextPayload, out OpusPacketInfo info)
            && info.HasFec
            && _lastMode != OpusMode.Celt
            && samples.Length >= info.FrameSamplesAt48KHz * Format.Channels;
        return isUsable && IsConcealable(samples.Length) ? Run(nextPayload, samples, decodeFec: true) : 0;
    }

    /// <summary>
    /// Runs Opus's own concealment, so that its state advances over a loss; where nobody spoke, this is the comfort noise
    /// that fills the pauses of DTX.
    /// </summary>
    /// <inheritdoc/>
    /// <returns>Samples per channel written; 0 where the duration is no multiple of 2.5 ms.</returns>
    public int Conceal(Span<float> samples)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return IsConcealable(samples.Length) ? Run([], samples, decodeFec: false) : 0;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _decoder.ResetState();
        _lastMode = OpusMode.Silk;
    }

    /// <summary>Ends the decoder; there is nothing native to release.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _decoder.Dispose();
    }

    private bool IsConcealable(int length) => length > 0 && length % (120 * Format.Channels) == 0;

    private int Run(ReadOnlySpan<byte> payload, Span<float> samples, bool decodeFec)
    {
        try
        {
            return Math.Max(0, _decoder.Decode(payload, samples, samples.Length / Format.Channels, decodeFec));
        }
        catch (Exception)
        {
            // A transcription of C code: on damaged payloads it leaves by whatever exception its arrays raise, with a
            // state that nobody vouches for.
            _decoder.ResetState();
            return 0;
        }
    }
}
