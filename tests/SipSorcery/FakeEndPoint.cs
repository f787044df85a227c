using System.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>A video end point that "decodes" what the test gives it.</summary>
internal sealed class FakeEndPoint : IVideoSink
{
    public event VideoSinkSampleDecodedDelegate? OnVideoSinkDecodedSample;

    public event VideoSinkSampleDecodedFasterDelegate? OnVideoSinkDecodedSampleFaster;

    public List<string> Calls { get; } = [];

    public bool IsSubscribed => OnVideoSinkDecodedSample is not null || OnVideoSinkDecodedSampleFaster is not null;

    public void Raise(byte[] sample, int width, int height, int stride, VideoPixelFormatsEnum format)
        => OnVideoSinkDecodedSample?.Invoke(sample, (uint)width, (uint)height, stride, format);

    /// <summary>In memory that is overwritten right after the callback, as FFmpegVideoEndPoint's is.</summary>
    public unsafe void RaiseFaster(byte[] sample, int width, int height, int stride, VideoPixelFormatsEnum format)
    {
        byte[] reused = [.. sample];
        fixed (byte* first = reused)
            OnVideoSinkDecodedSampleFaster?.Invoke(new RawImage { Width = width, Height = height, Stride = stride, Sample = (nint)first, PixelFormat = format });
        Array.Fill(reused, (byte)99);
    }

    public void GotVideoRtp(IPEndPoint remoteEndPoint, uint ssrc, uint seqnum, uint timestamp, int payloadID, bool marker, byte[] payload)
        => Calls.Add(nameof(GotVideoRtp));

    public void GotVideoFrame(IPEndPoint remoteEndPoint, uint timestamp, byte[] payload, VideoFormat format) => Calls.Add(nameof(GotVideoFrame));

    public List<VideoFormat> GetVideoSinkFormats() => [Call.Vp8];

    public void SetVideoSinkFormat(VideoFormat videoFormat) => Calls.Add(nameof(SetVideoSinkFormat));

    public void RestrictFormats(Func<VideoFormat, bool> filter) => Calls.Add(nameof(RestrictFormats));

    public Task PauseVideoSink() => Note(nameof(PauseVideoSink));

    public Task ResumeVideoSink() => Note(nameof(ResumeVideoSink));

    public Task StartVideoSink() => Note(nameof(StartVideoSink));

    public Task CloseVideoSink() => Note(nameof(CloseVideoSink));

    private Task Note(string call)
    {
        Calls.Add(call);
        return Task.CompletedTask;
    }
}
