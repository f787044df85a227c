using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>What a <see cref="ScriptedVideoDecoder"/> makes of the next access unit.</summary>
internal enum DecodeOutcome
{
    Picture,
    Corrupt,
    Faulted,
    Throws,
}

/// <summary>A decoder that fails on demand; its pictures are noise of any size and layout. One thread at a time.</summary>
internal sealed class ScriptedVideoDecoder(Random random) : IVideoDecoder
{
    private uint _timestamp;
    private bool _hasPicture;

    public DecodeOutcome Next { get; set; }

    public string Name => "scripted";

    public VideoDecodeStatus Decode(in EncodedVideoFrame frame)
    {
        if (Next == DecodeOutcome.Throws)
            throw new InvalidOperationException("The scripted decoder was told to throw.");
        _hasPicture = Next == DecodeOutcome.Picture;
        _timestamp = frame.RtpTimestamp;
        return Next switch
        {
            DecodeOutcome.Corrupt => VideoDecodeStatus.Corrupt,
            DecodeOutcome.Faulted => VideoDecodeStatus.Faulted,
            _ => VideoDecodeStatus.Ok,
        };
    }

    public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture)
    {
        picture = null;
        if (!_hasPicture)
            return false;
        _hasPicture = false;
        picture = pool.Rent(random.Next(1, 97), random.Next(1, 97), random.Next(2) == 0 ? FrameLayout.I420 : FrameLayout.Nv12);
        if (picture is null)
            return false;
        random.NextBytes(picture.Y.Data);
        picture.RtpTimestamp = _timestamp;
        return true;
    }

    public void Reset() => _hasPicture = false;

    public void Dispose()
    {
    }
}
