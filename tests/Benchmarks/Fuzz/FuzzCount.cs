namespace RtcEnhance.Benchmarks.Fuzz;

/// <summary>What a parser or receiver made of its inputs.</summary>
/// <param name="Accepted">Inputs that were taken as valid.</param>
/// <param name="Refused">Inputs that were refused with an error or a count.</param>
public readonly record struct FuzzCount(long Accepted, long Refused);
