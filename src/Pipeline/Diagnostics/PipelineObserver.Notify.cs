namespace RtcEnhance;

/// <summary>The guarded call sites: the library notifies through these, so that no override can hurt a media loop.</summary>
public abstract partial class PipelineObserver
{
    internal void NotifyFallbackEngaged(string stage, ReasonCode reason)
    {
        try
        {
            OnFallbackEngaged(stage, reason);
        }
        catch (Exception)
        {
            CountThrow();
        }
    }

    internal void NotifyFallbackReleased(string stage)
    {
        try
        {
            OnFallbackReleased(stage);
        }
        catch (Exception)
        {
            CountThrow();
        }
    }

    internal void NotifyStageFaulted(string stage, Exception exception)
    {
        try
        {
            OnStageFaulted(stage, exception);
        }
        catch (Exception)
        {
            CountThrow();
        }
    }

    internal void NotifyCallbackFaulted(string source, Exception exception)
    {
        try
        {
            OnCallbackFaulted(source, exception);
        }
        catch (Exception)
        {
            CountThrow();
        }
    }

    internal void NotifyBufferFlushed(string source, int items)
    {
        try
        {
            OnBufferFlushed(source, items);
        }
        catch (Exception)
        {
            CountThrow();
        }
    }

    internal void NotifyFormatChanged(string source, string format)
    {
        try
        {
            OnFormatChanged(source, format);
        }
        catch (Exception)
        {
            CountThrow();
        }
    }

    internal void NotifyKeyFrameRequested(uint ssrc)
    {
        try
        {
            OnKeyFrameRequested(ssrc);
        }
        catch (Exception)
        {
            CountThrow();
        }
    }

    internal void NotifyDecoderFaulted(string decoder, Exception? exception)
    {
        try
        {
            OnDecoderFaulted(decoder, exception);
        }
        catch (Exception)
        {
            CountThrow();
        }
    }

    private void CountThrow() => Interlocked.Increment(ref _callbacksThrown);
}
