namespace RtcEnhance;

/// <summary>
/// Told of rare events of the receive path, after the block or frame is finished. Derive from it and override what is
/// of interest; everything else does nothing. A callback runs on the media thread that saw the event: it should hand
/// the event on and return. What it throws is swallowed and counted. Overrides must be thread-safe where one observer
/// serves several receivers.
/// </summary>
public abstract partial class PipelineObserver
{
    private long _callbacksThrown;

    /// <summary>Callbacks of this observer that threw.</summary>
    public long CallbacksThrown => Interlocked.Read(ref _callbacksThrown);

    /// <summary>The fallback took over from a stage's primary, or has been all there is from the start.</summary>
    /// <param name="stage">The stage, for example <c>concealment</c>.</param>
    /// <param name="reason">Why.</param>
    protected virtual void OnFallbackEngaged(string stage, ReasonCode reason)
    {
    }

    /// <summary>The primary is back and has stayed for as long as a first break.</summary>
    /// <param name="stage">The stage.</param>
    protected virtual void OnFallbackReleased(string stage)
    {
    }

    /// <summary>A stage's primary threw; the fallback made the output and the circuit is open.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="exception">What it threw.</param>
    protected virtual void OnStageFaulted(string stage, Exception exception)
    {
    }

    /// <summary>A sink or another callback of the application threw; the loop that called it goes on.</summary>
    /// <param name="source">What was called, for example <c>IVideoFrameSink.OnFrame</c>.</param>
    /// <param name="exception">What it threw.</param>
    protected virtual void OnCallbackFaulted(string source, Exception exception)
    {
    }

    /// <summary>A buffer reached its cap, or its stream started anew, and was emptied.</summary>
    /// <param name="source">The buffer's owner, for example <c>audio</c>.</param>
    /// <param name="items">Packets or frames that were thrown away.</param>
    protected virtual void OnBufferFlushed(string source, int items)
    {
    }

    /// <summary>A stream changed its codec, rate, channels or picture size.</summary>
    /// <param name="source">The stream's receiver, for example <c>audio</c>.</param>
    /// <param name="format">The new format in words.</param>
    protected virtual void OnFormatChanged(string source, string format)
    {
    }

    /// <summary>The video receiver asked the sender for a key frame.</summary>
    /// <param name="ssrc">The stream's synchronisation source; 0 where it is not known.</param>
    protected virtual void OnKeyFrameRequested(uint ssrc)
    {
    }

    /// <summary>A decoder threw or is gone for good.</summary>
    /// <param name="decoder">The decoder's name.</param>
    /// <param name="exception">What it threw; null where it said so without throwing.</param>
    protected virtual void OnDecoderFaulted(string decoder, Exception? exception)
    {
    }
}
