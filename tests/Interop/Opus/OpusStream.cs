using RtcEnhance.Opus;

namespace RtcEnhance.Interop.Tests.Opus;

/// <summary>Encodes a signal to 20 ms packets and measures errors in decibels.</summary>
internal static class OpusStream
{
    public static byte[][] Encode(float[] samples, OpusEncoderOptions options)
    {
        using var encoder = new OpusEncoder(options);
        var frame = options.SampleRateHz / 50 * options.Channels;
        var packets = new byte[samples.Length / frame][];
        var payload = new byte[1500];
        for (var i = 0; i < packets.Length; i++)
            packets[i] = payload[..encoder.Encode(samples.AsSpan(i * frame, frame), payload)];
        return packets;
    }

    public static float[] Decode(OpusDecoder decoder, byte[][] packets)
    {
        var frame = decoder.Format.SampleRateHz / 50;
        var length = frame * decoder.Format.Channels;
        var samples = new float[packets.Length * length];
        for (var i = 0; i < packets.Length; i++)
            Assert.Equal(frame, decoder.Decode(packets[i], samples.AsSpan(i * length, length)));
        return samples;
    }

    public static double SnrDb(ReadOnlySpan<float> reference, ReadOnlySpan<float> samples)
    {
        double signal = 0, noise = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            signal += (double)reference[i] * reference[i];
            noise += Math.Pow(samples[i] - reference[i], 2);
        }

        return 10 * Math.Log10(signal / noise);
    }
}
