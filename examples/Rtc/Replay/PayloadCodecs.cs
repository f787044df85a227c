using System.Globalization;
using RtcEnhance.Audio;
using RtcEnhance.Loopback;
using RtcEnhance.Opus;

namespace RtcEnhance.Rtc;

/// <summary>Which payload type is which codec: RFC 3551's static types, 111 for Opus as browsers use it, and what the user names.</summary>
internal sealed class PayloadCodecs
{
    private readonly Dictionary<byte, Func<IAudioDecoder>> _decoders = [];
    private readonly Dictionary<byte, string> _names = [];

    /// <param name="overrides">PT=NAME each.</param>
    /// <exception cref="UsageException">One is not of that form.</exception>
    public PayloadCodecs(IEnumerable<string> overrides)
    {
        foreach (string assignment in (string[])["0=PCMU", "8=PCMA", "9=G722", "111=opus", .. overrides])
            Add(assignment);
    }

    public IReadOnlyDictionary<byte, Func<IAudioDecoder>> Decoders => _decoders;

    /// <summary>The type with its codec, for example <c>111 opus</c>; the number alone where it is not known.</summary>
    public string Describe(byte payloadType)
        => _names.TryGetValue(payloadType, out string? name) ? $"{payloadType} {name}" : $"{payloadType}";

    private static Func<IAudioDecoder>? Find(string name) => name.ToUpperInvariant() switch
    {
        "PCMU" => static () => new G711Decoder(G711Law.MuLaw),
        "PCMA" => static () => new G711Decoder(G711Law.ALaw),
        "G722" => static () => new G722Decoder(),
        "OPUS" => static () => new OpusDecoder(),
        _ => FindL16(name.Split('/')),
    };

    private static Func<IAudioDecoder>? FindL16(string[] parts)
    {
        if (parts.Length is not (2 or 3) || !parts[0].Equals("L16", StringComparison.OrdinalIgnoreCase))
            return null;
        string channelCount = parts.Length == 3 ? parts[2] : "1";
        return TryNumber(parts[1], 8000, 48000, out int rateHz) && rateHz % 100 == 0 && TryNumber(channelCount, 1, 2, out int channels)
            ? () => new L16Decoder(rateHz, channels)
            : null;
    }

    private static bool TryNumber(string text, int least, int most, out int value)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;

    private void Add(string assignment)
    {
        string[] parts = assignment.Split('=', 2);
        if (parts.Length != 2 || !TryNumber(parts[0], 0, 127, out int payloadType) || Find(parts[1]) is not { } decoder)
            throw new UsageException($"--codec is PT=NAME, PT 0 to 127 and NAME one of PCMU, PCMA, G722, opus, L16/RATE[/CHANNELS], not {assignment}.");
        _decoders[(byte)payloadType] = decoder;
        _names[(byte)payloadType] = parts[1];
    }
}
