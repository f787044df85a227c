namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Tests that count the process's threads and memory: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "alone";
}
