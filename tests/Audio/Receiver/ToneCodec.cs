namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>The packets of a <see cref="CallHarness"/>, made one by one.</summary>
internal static class ToneCodec
{
    /// <summary>Packet number <paramref name="packet"/> of the tone, in mu-law.</summary>
    public static byte[] Encode(long packet)
    {
        var samples = new float[CallHarness.PacketSamples];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = CallHarness.Tone((packet * CallHarness.PacketSamples) + i);
        var payload = new byte[samples.Length];
        new G711Encoder(G711Law.MuLaw).Encode(samples, payload);
        return payload;
    }
}
