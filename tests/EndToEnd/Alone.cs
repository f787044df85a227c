namespace RtcEnhance.EndToEnd.Tests;

/// <summary>Tests that nothing may run beside.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "alone";
}
