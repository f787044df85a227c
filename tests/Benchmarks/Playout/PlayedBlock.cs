namespace RtcEnhance.Benchmarks.Playout;

/// <summary>What one pull of 10 ms gave, as seen from outside. Thread-safe.</summary>
/// <param name="EndTimestamp">RTP timestamp up to which the stream is played after it; null where nothing in it was received.</param>
/// <param name="Concealed">Samples made up for ones that were not there.</param>
/// <param name="Inserted">Samples that stretching put in.</param>
/// <param name="Removed">Samples that stretching left out.</param>
/// <param name="Discarded">Packets given up since the pull before: late, or flushed.</param>
public readonly record struct PlayedBlock(int? EndTimestamp, int Concealed = 0, int Inserted = 0, int Removed = 0, int Discarded = 0);
