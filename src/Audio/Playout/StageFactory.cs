namespace RtcEnhance.Audio;

/// <summary>Makes the application's primary stages, and ends them. Thread-safe.</summary>
internal static class StageFactory
{
    /// <summary>The primary, or null with the reason: none was offered, or making it threw, of which the observer is told.</summary>
    public static IStage<TJob>? Make<TJob, TInput>(
        Func<TInput, IStage<TJob>?>? factory, TInput input, string name, PipelineObserver? observer, out ReasonCode absentReason)
        where TJob : struct, allows ref struct
    {
        absentReason = ReasonCode.ModelMissing;
        try
        {
            return factory?.Invoke(input);
        }
        catch (Exception exception)
        {
            absentReason = ReasonCode.ModelInvalid;
            observer?.NotifyStageFaulted(name, exception);
            return null;
        }
    }

    /// <summary>Disposes a primary that can be; of what that throws the observer is told.</summary>
    public static void Dispose<TJob>(IStage<TJob>? primary, string name, PipelineObserver? observer)
        where TJob : struct, allows ref struct
    {
        try
        {
            (primary as IDisposable)?.Dispose();
        }
        catch (Exception exception)
        {
            observer?.NotifyStageFaulted(name, exception);
        }
    }
}
