
namespace RtcEnhance.Video;

public sealed partial class VideoReceiver
{
    private const int RememberedFrames = 32;

    private readonly Lock _decodeLock = new();
    private readonly FrameFacts[] _facts = new FrameFacts[RememberedFrames];
    private Thread? _thread;
    private AutoResetEvent? _wake;

    // Below: only under the decode lock.
    private IVideoDecoder? _decoder;
    private VideoCodec _decoderCodec;
    private string _decoderName = "";
    private uint _decoderSsrc;
    private bool _hasStream;
    private bool _waitsForKeyFrame = true;
    private int _factCount;
    private bool _inStep;
    private bool _closedByLoop;

    /// <summary>
    /// Decodes the next waiting frame and hands its pictures to the sink, on the calling thread. For hosts that set
    /// <see cref="VideoReceiverOptions.OwnThread"/> to false and drive the receiver on their own or a virtual clock.
    /// </summary>
    /// <returns>False where no frame was waiting.</returns>
    /// <exception cref="InvalidOperationException">The receiver decodes on a thread of its own.</exception>
    public bool RunDecodeStep()
    {
        if (_thread is not null)
            throw new InvalidOperationException($"The receiver decodes on its own thread; set {nameof(VideoReceiverOptions.OwnThread)} to false.");
        return DecodeOne();
    }

    private void StartDecodeThread()
    {
        _wake = new AutoResetEvent(false);
        _thread = new Thread(DecodeLoop) { IsBackground = true, Name = "RtcEnhance video decode" };
        _thread.Start();
    }

    private void StopDecoding()
    {
        if (_thread is not null)
        {
            // Inside a callback on the decode thread the loop ends, and frees everything, once the callback returns.
            _closedByLoop = Thread.CurrentThread == _thread;
            if (_closedByLoop)
                return;
            _wake!.Set();
            _thread.Join();
            _wake.Dispose();
            return;
        }

        lock (_decodeLock)
        {
            // Inside a callback the step in progress still uses the decoder and frees it when it ends.
            if (!_inStep)
                DropDecoder();
        }
    }

    private void DecodeLoop()
    {
        while (!_disposed)
        {
            if (!DecodeOne())
                _wake!.WaitOne();
        }

        lock (_decodeLock)
            DropDecoder();
        if (_closedByLoop)
            _wake!.Dispose();
    }

    private bool DecodeOne()
    {
        lock (_decodeLock)
        {
            AccessUnit? unit = null;
            lock (_lock)
            {
                if (!_disposed && _queueCount > 0)
                    unit = Dequeue_NeedsLock();
            }

            if (unit is null)
                return false;
            _inStep = true;
            Decode(unit);
            _units.Return(unit);
            _inStep = false;
            if (_disposed)
                DropDecoder();
            return true;
        }
    }

    private void Decode(AccessUnit unit)
    {
        if (!_hasStream || unit.Codec != _decoderCodec || unit.Ssrc != _decoderSsrc)
            BeginStream(unit);
        if (unit.HasGap && !unit.IsKeyFrame)
            _waitsForKeyFrame = true;
        if (_waitsForKeyFrame && !unit.IsKeyFrame)
        {
            DropFrame(unit.Ssrc);
            return;
        }

        if (_decoder is null && !TryCreateDecoder(unit.Codec))
        {
            DropFrame(unit.Ssrc);
            return;
        }

        EncodedVideoFrame frame = unit.ToFrame();
        _facts[_factCount++ % RememberedFrames] = new FrameFacts(frame.RtpTimestamp, frame.Data.Length, frame.Qp, frame.IsKeyFrame);
        long begin = _time.GetTimestamp();
        VideoDecodeStatus status = TryDecode(frame, out Exception? fault);
        long end = _time.GetTimestamp();
        switch (status)
        {
            case VideoDecodeStatus.Ok:
                _waitsForKeyFrame = false;
                CountDecoded(unit, begin, end);
                break;
            case VideoDecodeStatus.Corrupt:
                lock (_lock)
                    _counters.CorruptFrames++;
                DropFrame(unit.Ssrc);
                break;
            default:
                ReportFault(_decoderName, fault);
                DropDecoder();
                DropFrame(unit.Ssrc);
                return;
        }

        DeliverPictures();
    }

    private void BeginStream(AccessUnit unit)
    {
        if (_hasStream && unit.Codec != _decoderCodec)
            DropDecoder();
        else
            TryReset();
        _hasStream = true;
        _decoderCodec = unit.Codec;
        _decoderSsrc = unit.Ssrc;
        _waitsForKeyFrame = true;
    }

    private void TryReset()
    {
        try
        {
            _decoder?.Reset();
        }
        catch (Exception e)
        {
            ReportFault(_decoderName, e);
            DropDecoder();
        }
    }

    private void DropFrame(uint ssrc)
    {
        _waitsForKeyFrame = true;
        lock (_lock)
            _counters.FramesUndecodable++;
        RequestKeyFrame(ssrc);
    }

    private bool TryCreateDecoder(VideoCodec codec)
    {
        try
        {
            _decoder = _decoderFactory(codec);
            _decoderName = _decoder.Name;
            lock (_lock)
                _counters.DecoderName = _decoderName;
            return true;
        }
        catch (Exception e)
        {
            // No name without a decoder.
            ReportFault(codec.ToString(), e);
            DropDecoder();
            return false;
        }
    }

    private VideoDecodeStatus TryDecode(in EncodedVideoFrame frame, out Exception? fault)
    {
        fault = null;
        try
        {
            return _decoder!.Decode(frame);
        }
        catch (Exception e)
        {
            fault = e;
            return VideoDecodeStatus.Faulted;
        }
    }

    private void DeliverPictures()
    {
        while (_decoder is not null && !_disposed)
        {
            VideoFrame? picture;
            try
            {
                if (!_decoder.TryTakePicture(_framePool, out picture))
                    return;
            }
            catch (Exception e)
            {
                ReportFault(_decoderName, e);
                DropDecoder();
                return;
            }

            if (picture is null)
                continue;
            ApplyFacts(picture);
            int width = picture.Width;
            int height = picture.Height;
            bool isNewSize;
            lock (_lock)
            {
                _counters.PicturesDelivered++;
                isNewSize = width != _counters.FrameWidth || height != _counters.FrameHeight;
                _counters.FrameWidth = width;
                _counters.FrameHeight = height;
            }

            Deliver(picture);
            if (isNewSize)
                _observer?.NotifyFormatChanged(ObserverSource, $"{width}x{height}");
        }
    }

    private void Deliver(VideoFrame picture)
    {
        // What a sink gave back before it threw may be someone else's picture by now.
        int generation = picture.Generation;
        try
        {
            _sink.OnFrame(picture);
        }
        catch (Exception e)
        {
            if (picture.Generation == generation)
                picture.Dispose();
            ReportCallbackFault(e);
        }
    }

    private void ApplyFacts(VideoFrame picture)
    {
        for (int i = 1; i <= Math.Min(_factCount, RememberedFrames); i++)
        {
            ref FrameFacts facts = ref _facts[(_factCount - i) % RememberedFrames];
            if (facts.RtpTimestamp != picture.RtpTimestamp)
                continue;
            picture.EncodedBytes = facts.Bytes;
            picture.Qp = facts.Qp;
            picture.IsKeyFrame = facts.IsKeyFrame;
            return;
        }
    }

    private void CountDecoded(AccessUnit unit, long begin, long end)
    {
        RtcEnhanceMeter.AddDecodedFrames(1);
        lock (_lock)
        {
            _counters.FramesDecoded++;
            if (unit.IsKeyFrame)
                _counters.KeyFramesDecoded++;
            _counters.QpSum += unit.Qp ?? 0;
            _counters.DecodeTicks += end - begin;
            _counters.ProcessingTicks += end - unit.FirstArrival;
        }
    }

    private void ReportFault(string decoder, Exception? fault)
    {
        lock (_lock)
            _counters.DecoderFaults++;
        _observer?.NotifyDecoderFaulted(decoder, fault);
    }

    private void DropDecoder()
    {
        IVideoDecoder? decoder = _decoder;
        _decoder = null;
        try
        {
            decoder?.Dispose();
        }
        catch (Exception e)
        {
            ReportFault(_decoderName, e);
        }
    }

    private readonly record struct FrameFacts(uint RtpTimestamp, int Bytes, int? Qp, bool IsKeyFrame);
}
