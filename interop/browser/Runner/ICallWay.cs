namespace RtcEnhance.Browser;

/// <summary>A way for a browser's call to reach our receivers.</summary>
internal interface ICallWay
{
    /// <summary>The calls to make with a browser, one after another.</summary>
    IAsyncEnumerable<PlannedCall> PlanAsync(CallSetting setting);
}
