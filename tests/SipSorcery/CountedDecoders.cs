using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.Video;
using RtcEnhance.Vpx;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Makes decoders of the system's libraries, and knows how many of them still hold native memory.</summary>
internal sealed class CountedDecoders
{
    private int _made;
    private int _alive;

    public int Made => Volatile.Read(ref _made);

    public int Alive => Volatile.Read(ref _alive);

    public IAudioDecoder CreateAudio() => new CountedAudio(this, new OpusDecoder());

    public IVideoDecoder CreateVideo() => new CountedVideo(this, new VpxDecoder());

    private void Begin()
    {
        Interlocked.Increment(ref _made);
        Interlocked.Increment(ref _alive);
    }

    private void End(IDisposable decoder)
    {
        decoder.Dispose();
        Interlocked.Decrement(ref _alive);
    }

    private sealed class CountedAudio : IAudioDecoder
    {
        private readonly CountedDecoders _owner;
        private readonly OpusDecoder _inner;

        public CountedAudio(CountedDecoders owner, OpusDecoder inner)
        {
            (_owner, _inner) = (owner, inner);
            owner.Begin();
        }

        public string Name => _inner.Name;

        public AudioFormat Format => _inner.Format;

        public int RtpClockRateHz => _inner.RtpClockRateHz;

        public int MaxSamplesPerPacket => _inner.MaxSamplesPerPacket;

        public int GetSampleCount(ReadOnlySpan<byte> payload) => _inner.GetSampleCount(payload);

        public int Decode(ReadOnlySpan<byte> payload, Span<float> samples) => _inner.Decode(payload, samples);

        public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples) => _inner.DecodeFec(nextPayload, samples);

        public int Conceal(Span<float> samples) => _inner.Conceal(samples);

        public void Reset() => _inner.Reset();

        public void Dispose() => _owner.End(_inner);
    }

    private sealed class CountedVideo : IVideoDecoder
    {
        private readonly CountedDecoders _owner;
        private readonly VpxDecoder _inner;

        public CountedVideo(CountedDecoders owner, VpxDecoder inner)
        {
            (_owner, _inner) = (owner, inner);
            owner.Begin();
        }

        public string Name => _inner.Name;

        public VideoDecodeStatus Decode(in EncodedVideoFrame frame) => _inner.Decode(frame);

        public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture) => _inner.TryTakePicture(pool, out picture);

        public void Reset() => _inner.Reset();

        public void Dispose() => _owner.End(_inner);
    }
}
