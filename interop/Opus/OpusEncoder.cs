namespace RtcEnhance.Opus;

/// <summary>Encodes Opus through the system's libopus (RFC 6716). One thread at a time.</summary>
public sealed class OpusEncoder : IDisposable
{
    private readonly OpusEncoderHandle _handle;
    private readonly int _sampleRateHz;
    private readonly int _channels;

    /// <summary>An encoder.</summary>
    /// <param name="options">How to encode; the values are copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="DllNotFoundException">libopus is not on this machine; the message says how to install it.</exception>
    public OpusEncoder(OpusEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        OpusLibrary.ThrowIfMissing();
        _sampleRateHz = options.SampleRateHz;
        _channels = options.Channels;
        _handle = OpusNative.CreateEncoder(_sampleRateHz, _channels, (int)options.Application, out var error);
        OpusNative.ThrowOnError(error, "an encoder");
        Set(OpusNative.SetBitrate, options.BitrateBps);
        Set(OpusNative.SetInBandFec, options.InBandFec ? 1 : 0);
        Set(OpusNative.SetPacketLossPercent, options.ExpectedLossPercent);
        Set(OpusNative.SetDtx, options.Dtx ? 1 : 0);
        Set(OpusNative.SetComplexity, options.Complexity);
    }

    /// <summary>Encodes one packet and advances the encoder's state.</summary>
    /// <param name="samples">Interleaved samples in [-1, 1]: 2.5, 5, 10, 20, 40 or 60 ms of them.</param>
    /// <param name="payload">Output; a packet takes at most 1275 bytes per frame of 20 ms and is cut to what fits here.</param>
    /// <returns>Bytes written; with DTX, 1 or 2 say that the packet need not be sent.</returns>
    /// <exception cref="ArgumentException">The duration is none of these, or <paramref name="payload"/> is empty.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public unsafe int Encode(ReadOnlySpan<float> samples, Span<byte> payload)
    {
        var unit = _sampleRateHz / 400 * _channels;
        if (samples.Length % unit != 0 || samples.Length / unit is not (1 or 2 or 4 or 8 or 16 or 24))
            throw new ArgumentException($"Opus encodes 2.5, 5, 10, 20, 40 or 60 ms, not {samples.Length / _channels} samples at {_sampleRateHz} Hz.", nameof(samples));
        if (payload.IsEmpty)
            throw new ArgumentException("The payload has no room.", nameof(payload));

        fixed (float* input = samples)
        fixed (byte* output = payload)
        {
            var bytes = OpusNative.Encode(_handle, input, samples.Length / _channels, output, payload.Length);
            OpusNative.ThrowOnError(bytes, "to encode");
            return bytes;
        }
    }

    /// <summary>Forgets the stream, keeps the options; the next samples start a new one.</summary>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public void Reset() => Set(OpusNative.ResetState, 0);

    /// <summary>Releases the libopus encoder.</summary>
    public void Dispose() => _handle.Dispose();

    private void Set(int request, int value) =>
        OpusNative.ThrowOnError(OpusNative.EncoderControl(_handle, request, value), $"setting {request} to {value}");
}
