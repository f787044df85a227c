namespace RtcEnhance.Benchmarks.Plc;

/// <summary>Something that conceals: a stage, an outside program, a receiver, a decoder. One thread at a time.</summary>
/// <param name="name">In the tables.</param>
internal abstract class PlcMethod(string name)
{
    public string Name => name;

    /// <summary>What its calls took so far; null where that cannot be told.</summary>
    public virtual PlcCosts? Costs => null;

    /// <summary>Conceals a clip, whose packets are 20 ms; the result is aligned with the clip's reference, at 16 kHz.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="lost">One flag a packet.</param>
    /// <param name="scratch">A folder for files.</param>
    public abstract float[] Conceal(PlcClip clip, bool[] lost, string scratch);
}
