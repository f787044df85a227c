namespace RtcEnhance.Audio;

/// <summary>The constant tables of ITU-T G.722 (11/88), sections 6.2.1 to 6.2.2. Thread-safe.</summary>
internal static class G722Tables
{
    /// <summary>Output of the 6-bit inverse quantiser of the lower band (QQ6 by sign of IL), by code.</summary>
    public static ReadOnlySpan<short> InverseQuantizer6 =>
    [
        -136, -136, -136, -136, -24808, -21904, -19008, -16704,
        -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
        -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576,
        -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
        24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192,
        10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032,
        1688, 1360, 1040, 728, 432, 136, -432, -136,
    ];

    /// <summary>Output of the 4-bit inverse quantiser that drives the lower band's adaptation, by code / 4.</summary>
    public static ReadOnlySpan<short> InverseQuantizer4 =>
    [
        0, -20456, -12896, -8968, -6288, -4240, -2584, -1200,
        20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
    ];

    /// <summary>Output of the 2-bit inverse quantiser of the higher band, by code.</summary>
    public static ReadOnlySpan<short> InverseQuantizer2 => [-7408, -1616, 7408, 1616];

    /// <summary>Decision levels of the lower band's quantiser (Q6), in units of scale / 4096.</summary>
    public static ReadOnlySpan<short> DecisionLevels6 =>
    [
        35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714,
        786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
    ];

    /// <summary>Step of the lower band's logarithmic scale factor (WL through RL42), by code / 4.</summary>
    public static ReadOnlySpan<short> LowLogSteps =>
    [
        -60, 3042, 1198, 538, 334, 172, 58, -30,
        3042, 1198, 538, 334, 172, 58, -30, -60,
    ];

    /// <summary>Step of the higher band's logarithmic scale factor (WH through IH2), by code.</summary>
    public static ReadOnlySpan<short> HighLogSteps => [798, -214, 798, -214];

    /// <summary>Antilogarithm of 5 fractional bits (ILB), 2048 is 1.</summary>
    public static ReadOnlySpan<short> InverseLog =>
    [
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
        2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
    ];

    /// <summary>Every second coefficient of the symmetric 24-tap quadrature mirror filter (Table 11), 4096 is 1.</summary>
    public static ReadOnlySpan<short> QmfCoefficients => [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
}
