namespace RtcEnhance.Testing;

/// <summary>Collects a capture's packets and counts what is left out. One thread at a time.</summary>
internal sealed class CaptureBuilder
{
    private readonly List<CapturedPacket> _packets = [];
    private long _firstTicks;
    private int _fragmented;
    private int _damaged;
    private int _other;
    private bool _isCut;

    /// <summary>Takes a datagram captured at a time in units of 100 ns, from whatever start the file has.</summary>
    public void AddDatagram(long ticks, ReadOnlyMemory<byte> datagram)
    {
        if (_packets.Count == 0)
            _firstTicks = ticks;
        _packets.Add(new CapturedPacket(new TimeSpan(ticks - _firstTicks), datagram));
    }

    /// <summary>Takes what UDP carries in a frame of the link layer.</summary>
    public void AddFrame(long ticks, int linkType, ReadOnlyMemory<byte> frame)
    {
        switch (LinkFrame.Read(linkType, frame, out ReadOnlyMemory<byte> datagram))
        {
            case FrameContent.Udp:
                AddDatagram(ticks, datagram);
                break;
            case FrameContent.Fragment:
                _fragmented++;
                break;
            case FrameContent.Damaged:
                AddDamaged();
                break;
            default:
                AddOther();
                break;
        }
    }

    public void AddDamaged() => _damaged++;

    public void AddOther() => _other++;

    public void MarkCut() => _isCut = true;

    public Capture ToCapture() => new()
    {
        Packets = _packets,
        FragmentedPackets = _fragmented,
        DamagedPackets = _damaged,
        OtherPackets = _other,
        IsCut = _isCut,
    };
}
