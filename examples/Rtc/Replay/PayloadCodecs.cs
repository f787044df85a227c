using System.Globalization;
using RtcEnhance.Audio;
using RtcEnhance.Loopback;
using RtcEnhance.Opus;

namespace RtcEnhance.Rtc;

/// <summary>Which payload type is what: RFC 3551's static types, the dynamic ones as browsers use them, and what the user names.</summary>
internal sealed class PayloadCodecs
{
    public const string Defaults = "0=pcmu,8=pcma,9=g722,10=L16/44100/2,11=L16/44100,13=cn,63=red,101=telephone-event,111=opus";

    private readonly Dictionary<byte, Func<IAudioDecoder>> _decoders = [];
    private readonly Dictionary<byte, int> _comfortNoise = [];
    private readonly Dictionary<byte, int> _telephoneEvents = [];
    private readonly HashSet<byte> _redundantAudio = [];
    private readonly Dictionary<byte, string> _names = [];

    /// <param name="overrides">Lists of PT=NAME, separated by commas.</param>
    /// <exception cref="UsageException">One is not of that form.</exception>
    public PayloadCodecs(IEnumerable<string> overrides)
    {
        foreach (string assignment in overrides.Prepend(Defaults).SelectMany(list => list.Split(',')))
            Add(assignment);
    }

    public IReadOnlyDictionary<byte, Func<IAudioDecoder>> Decoders => _decoders;

    /// <summary>Types of comfort noise, with their clock rates in Hz.</summary>
    public IReadOnlyDictionary<byte, int> ComfortNoise => _comfortNoise;

    /// <summary>Types of telephone events, with their clock rates in Hz.</summary>
    public IReadOnlyDictionary<byte, int> TelephoneEvents => _telephoneEvents;

    /// <summary>Types that carry several payloads at once.</summary>
    public IReadOnlyCollection<byte> RedundantAudio => _redundantAudio;

    /// <summary>The type with its codec, for example <c>111 opus</c>; the number alone where it is not known.</summary>
    public string Describe(byte payloadType)
        => _names.TryGetValue(payloadType, out string? name) ? $"{payloadType} {name}" : $"{payloadType}";

    private static Func<IAudioDecoder>? FindDecoder(string[] parts) => parts switch
    {
        ["PCMU"] => static () => new G711Decoder(G711Law.MuLaw),
        ["PCMA"] => static () => new G711Decoder(G711Law.ALaw),
        ["G722"] => static () => new G722Decoder(),
        ["OPUS"] => static () => new OpusDecoder(),
        ["L16", var rate] => L16(rate, "1"),
        ["L16", var rate, var channels] => L16(rate, channels),
        _ => null,
    };

    private static Func<IAudioDecoder>? L16(string rate, string channelCount)
        => TryNumber(rate, 8000, 48000, out int rateHz) && rateHz % 100 == 0 && TryNumber(channelCount, 1, 2, out int channels)
            ? () => new L16Decoder(rateHz, channels)
            : null;

    private static bool TryNumber(string text, int least, int most, out int value)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;

    private void Add(string assignment)
    {
        string[] sides = assignment.Split('=', 2);
        if (sides.Length != 2 || !TryNumber(sides[0], 0, 127, out int number) || !TryAdd((byte)number, sides[1].ToUpperInvariant().Split('/')))
        {
            throw new UsageException(
                $"--pt is PT=NAME, PT 0 to 127 and NAME one of pcmu, pcma, g722, opus, L16/RATE[/CHANNELS], cn[/RATE], telephone-event[/RATE], red, not {assignment}.");
        }

        _names[(byte)number] = sides[1];
    }

    private bool TryAdd(byte payloadType, string[] parts)
    {
        _decoders.Remove(payloadType);
        _comfortNoise.Remove(payloadType);
        _telephoneEvents.Remove(payloadType);
        _redundantAudio.Remove(payloadType);
        int rateHz = 8000;
        switch (parts)
        {
            case ["RED"]:
                return _redundantAudio.Add(payloadType);
            case ["CN"]:
            case ["CN", var rate] when TryNumber(rate, 8000, 48000, out rateHz) && rateHz is 8000 or 16000 or 32000 or 48000:
                _comfortNoise[payloadType] = rateHz;
                return true;
            case ["TELEPHONE-EVENT"]:
            case ["TELEPHONE-EVENT", var rate] when TryNumber(rate, 1000, 1_000_000, out rateHz):
                _telephoneEvents[payloadType] = rateHz;
                return true;
            default:
                if (FindDecoder(parts) is not { } decoder)
                    return false;
                _decoders[payloadType] = decoder;
                return true;
        }
    }
}
