namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>An outside command that takes IN.y4m OUT.y4m. One thread at a time.</summary>
/// <param name="peer">Its name and command.</param>
/// <param name="scratch">A folder for its files.</param>
public sealed class PeerClipUpscaler(BenchPeer peer, string scratch) : IClipUpscaler
{
    /// <inheritdoc/>
    public string Name { get; } = peer.Name;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The command failed, or wrote other pictures than asked for.</exception>
    public I420Clip Upscale(I420Clip low)
    {
        ArgumentNullException.ThrowIfNull(low);
        string input = Path.Combine(scratch, "peer-in.y4m");
        string output = Path.Combine(scratch, "peer-out.y4m");
        File.Delete(output);
        low.Write(input);
        ExternalCommand.RunPeer(peer.Command, input, output);
        I420Clip high = I420Clip.Read(output);
        return high.Width == 2 * low.Width && high.Height == 2 * low.Height && high.Frames.Count == low.Frames.Count
            ? high
            : throw new InvalidOperationException(
                $"'{peer.Command}' made {high.Frames.Count} pictures of {high.Width}x{high.Height} of {low.Frames.Count} of {low.Width}x{low.Height}.");
    }
}
