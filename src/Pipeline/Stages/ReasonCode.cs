namespace RtcEnhance;

/// <summary>Why a stage's primary ran or did not run; exactly one per block or frame.</summary>
public enum ReasonCode
{
    /// <summary>The primary ran.</summary>
    Ok,

    /// <summary>The stage is switched off in its options.</summary>
    Disabled,

    /// <summary>No model was given or found.</summary>
    ModelMissing,

    /// <summary>The model file was refused when it was loaded.</summary>
    ModelInvalid,

    /// <summary>The primary is being loaded or has not run often enough to be predicted.</summary>
    Warming,

    /// <summary>The predicted cost exceeds the budget.</summary>
    OverBudget,

    /// <summary>The predicted cost fits the budget but not the time left: the machine is late.</summary>
    Overload,

    /// <summary>The picture is larger than the stage accepts.</summary>
    InputTooLarge,

    /// <summary>The primary does not serve this rate, channel count or pixel format.</summary>
    UnsupportedFormat,

    /// <summary>More streams are active than the scheduler enhances.</summary>
    StreamLimit,

    /// <summary>The primary threw; the circuit is open until its break ends.</summary>
    Faulted,

    /// <summary>The application asked for the fallback.</summary>
    Manual,
}
