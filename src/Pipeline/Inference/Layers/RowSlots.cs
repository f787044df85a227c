namespace RtcEnhance.Inference;

/// <summary>How many rows the ring between two layers keeps. Thread-safe.</summary>
internal static class RowSlots
{
    /// <summary>The rows of a layer that are read while its newest one is.</summary>
    /// <param name="network">The network.</param>
    /// <param name="layer">The layer that writes them, from 0; -1 for the luma itself.</param>
    /// <param name="rowsAtOnce">Most rows that a layer makes at a time.</param>
    public static int Of(UpscalingNetwork network, int layer, int rowsAtOnce = 1)
    {
        // Writer and reader may each be ahead of the row that is needed by the others that they make with it.
        int ahead = rowsAtOnce - 1;
        int slots = network.Layers[layer + 1].Kernel + (2 * ahead);
        if (layer < 0 || layer != network.SkippedLayer)
            return slots;

        // A skipped layer is ahead of the last one that adds it by the reach of all between.
        int adder = Array.FindLastIndex(network.Layers, l => l.AddsSkip);
        return Math.Max(slots, 1 + network.Layers[(layer + 1)..(adder + 1)].Sum(l => l.Reach + ahead) + (2 * ahead));
    }
}
