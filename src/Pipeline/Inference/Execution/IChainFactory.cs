using System.Runtime.Intrinsics.X86;

namespace RtcEnhance.Inference;

/// <summary>A network's weights, packed for one arithmetic; every strip gets its own chain over them. Thread-safe.</summary>
internal interface IChainFactory
{
    /// <summary>Makes a chain for the widest vectors that this machine has.</summary>
    LayerChain CreateChain()
        => Avx512BW.IsSupported ? CreateChain<IntegerLanes512, FloatLanes512>()
            : Avx2.IsSupported ? CreateChain<IntegerLanes256, FloatLanes256>()
            : CreateChain<IntegerLanes128, FloatLanes128>();

    /// <summary>Makes a chain for vectors of one width.</summary>
    LayerChain CreateChain<TLanes, TFloats>()
        where TLanes : struct, IIntegerLanes<TLanes>
        where TFloats : struct, IFloatLanes<TFloats>;
}
