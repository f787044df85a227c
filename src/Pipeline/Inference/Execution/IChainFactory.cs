namespace RtcEnhance.Inference;

/// <summary>A network's weights, packed for one arithmetic; every strip gets its own chain over them. Thread-safe.</summary>
internal interface IChainFactory
{
    /// <summary>Makes a chain.</summary>
    LayerChain CreateChain();
}
