namespace RtcEnhance.Audio;

/// <summary>Makes the application's primary stages. Thread-safe.</summary>
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
}
