namespace RtcEnhance.Inference;

/// <summary>A network's steps with the rows between them: the state of one strip of a picture. One thread at a time.</summary>
/// <param name="Input">Takes luma.</param>
/// <param name="Layers">The steps, first to last.</param>
/// <param name="Output">Takes luma and adds what the last step makes.</param>
internal sealed record LayerChain(IPixelRows Input, IRowLayer[] Layers, IOutputRows Output);
