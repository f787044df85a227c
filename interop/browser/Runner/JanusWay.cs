using RtcEnhance.Browser.Janus;

namespace RtcEnhance.Browser;

/// <summary>Calls through Janus, one for each loss.</summary>
internal sealed class JanusWay(JanusServer janus) : ICallWay
{
    public async IAsyncEnumerable<PlannedCall> PlanAsync(CallSetting setting)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (double loss in setting.Options.LossPercents)
            yield return new PlannedCall($"Janus, {loss:0} % loss", cancel => new JanusCall(setting, janus.Address).RunAsync(loss, cancel));
    }
}
