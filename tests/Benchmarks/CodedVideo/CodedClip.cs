namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>A clip with all its streams: the pictures that are scored. Immutable. Thread-safe.</summary>
public sealed class CodedClip
{
    private const int Frames = 120;
    private const int PairDistance = 4;

    private CodedClip(I420Clip original, IReadOnlyList<StreamInfo> streams, I420Clip decoded)
    {
        Original = original;
        Streams = streams;
        Decoded = decoded;
    }

    /// <summary>The scored pictures of the original, in pairs of consecutive ones.</summary>
    public I420Clip Original { get; }

    /// <summary>The streams: uncoded, then each codec at each rate.</summary>
    public IReadOnlyList<StreamInfo> Streams { get; }

    /// <summary>The same pictures of all streams at the coded size, stream after stream.</summary>
    public I420Clip Decoded { get; }

    /// <summary>
    /// Numbers of the pictures that are scored: pairs of consecutive ones in the second half, where the rate has settled.
    /// </summary>
    /// <param name="frames">Pictures there are.</param>
    /// <param name="every">Takes every n-th pair only.</param>
    /// <returns>The numbers, ascending.</returns>
    public static IReadOnlyList<int> ScoredFrames(int frames, int every)
    {
        frames = Math.Min(frames, Frames);
        var scored = new List<int>();
        for (int i = frames / 2; i + 1 < frames; i += PairDistance * every)
            scored.AddRange([i, i + 1]);
        return scored;
    }

    /// <summary>Codes a clip at all its rates.</summary>
    /// <param name="chain">What codes it.</param>
    /// <param name="folder">Where its file is.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="every">Takes every n-th pair of pictures only.</param>
    /// <param name="scale">2: at half the size. 1.5: at two thirds, and 4/3 of the rates. 1: at the full size and twice the rates.</param>
    /// <returns>The streams.</returns>
    /// <exception cref="InvalidOperationException">The clip is too short, or a codec lost pictures.</exception>
    public static CodedClip Make(CodecChain chain, string folder, TestClip clip, int every, double scale = 2)
    {
        string original = chain.Original(Path.Combine(folder, clip.File), clip.Filter, Frames, scale == 1.5 ? 12 : 4);
        string reduced = scale == 1 ? original : chain.Reduce(original, scale);
        I420Clip low = I420Clip.Read(reduced);
        int count = low.Frames.Count;
        IReadOnlyList<int> scored = ScoredFrames(count, every);
        if (scored.Count == 0)
            throw new InvalidOperationException($"The clip {clip.File} has {count} pictures; two are the least.");

        List<StreamInfo> streams = [new(clip.Name, "none", CallRate.Clean, 0)];
        List<byte[]> decoded = [.. low.Pick(scored).Frames];
        foreach (string codec in CodecChain.Codecs)
        {
            for (int i = 0; i < clip.Kbits.Count; i++)
            {
                var kbits = (int)(clip.Kbits[i] * 2 / scale);
                (string path, long bytes) = chain.Code(reduced, codec, kbits);
                I420Clip pictures = I420Clip.Read(path);
                if (pictures.Frames.Count != count)
                    throw new InvalidOperationException($"{clip.Name}: {codec} at {kbits} kb/s made {pictures.Frames.Count} pictures of {count}.");
                decoded.AddRange(pictures.Pick(scored).Frames);
                streams.Add(new(clip.Name, codec, (CallRate)(i + 1), CodecChain.Kbits(codec, bytes, count)));
            }
        }

        return new CodedClip(I420Clip.Read(original).Pick(scored), streams, low with { Frames = decoded });
    }
}
