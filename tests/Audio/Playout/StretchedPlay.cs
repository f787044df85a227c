namespace RtcEnhance.Audio.Tests.Playout;

/// <summary>What was played, where which frames were put in (negative: left out), and how many frames of input it took.</summary>
internal sealed record StretchedPlay(float[] Output, (int OutputFrame, int Frames)[] Splices, int ConsumedFrames);
