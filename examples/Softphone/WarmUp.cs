using RtcEnhance.Audio;
using RtcEnhance.Concentus;
using RtcEnhance.Opus;
using SIPSorcery.Media;
using SIPSorceryMedia.Abstractions;
using NegotiatedFormat = SIPSorceryMedia.Abstractions.AudioFormat;

namespace RtcEnhance.Softphone;

/// <summary>
/// Receives two seconds of each codec, with losses, before the first call: else the first second of a call waits for the
/// just-in-time compiler. Thread-safe.
/// </summary>
internal static class WarmUp
{
    private const int Packets = 100;
    private const int FrameMs = 20;

    public static void Run(IEnumerable<NegotiatedFormat> formats)
    {
        foreach (NegotiatedFormat format in formats)
            Receive(format);
    }

    private static void Receive(NegotiatedFormat format)
    {
        var encoder = new AudioEncoder(includeLinearFormats: false, includeOpus: true);
        var time = TimeProvider.System;
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [(byte)format.FormatID] = () => Decoder(format) },
            Time = time,
        });
        var pcm = new short[format.ClockRate * FrameMs / 1000];
        var block = new float[receiver.OutputFormat.SamplesPerBlock];
        for (int i = 0; i < Packets; i++)
        {
            for (int k = 0; k < pcm.Length; k++)
                pcm[k] = (short)(8000 * Math.Sin(k * 2 * Math.PI / pcm.Length * 4));
            byte[] payload = encoder.EncodeAudio(pcm, format);
            var timestamp = (uint)(i * format.RtpClockRate * FrameMs / 1000);
            if (i % 8 != 7)
                receiver.InsertPacket(new RtpPacket(1, (ushort)i, timestamp, (byte)format.FormatID, false, time.GetTimestamp(), payload));
            receiver.GetAudio(block);
            receiver.GetAudio(block);
        }
    }

    private static IAudioDecoder Decoder(NegotiatedFormat format) => format.Codec switch
    {
        AudioCodecsEnum.PCMU => new G711Decoder(G711Law.MuLaw),
        AudioCodecsEnum.PCMA => new G711Decoder(G711Law.ALaw),
        AudioCodecsEnum.G722 => new G722Decoder(),
        _ => OpusLibrary.IsAvailable ? new OpusDecoder() : new ConcentusDecoder(),
    };
}
