namespace RtcEnhance.Inference;

/// <summary>Lays weights out in the order in which kernels read them. Thread-safe.</summary>
internal static class PackedWeights
{
    private const int Wide = ByteConvolution.Channels;
    private const int Narrow = NarrowConvolution.Channels;

    /// <summary>For <see cref="WordConvolution"/>.</summary>
    public static AlignedBuffer<int> Words(QuantisedLayer layer)
    {
        int kernel = layer.Layer.Kernel;
        var packed = new AlignedBuffer<int>(kernel * ((kernel + 1) / 2) * Wide);
        int at = 0;
        for (int row = 0; row < kernel; row++)
        {
            for (int column = 0; column < kernel; column += 2, at += Wide)
            {
                for (int output = 0; output < layer.Layer.Outputs; output++)
                {
                    int low = layer.Weight(output, 0, row, column);
                    int high = column + 1 < kernel ? layer.Weight(output, 0, row, column + 1) : 0;
                    packed[at + output] = (low & 0xFFFF) | (high << 16);
                }
            }
        }

        return packed;
    }

    /// <summary>For <see cref="ByteConvolution"/>.</summary>
    public static AlignedBuffer<byte> Wides(QuantisedLayer layer)
    {
        int kernel = layer.Layer.Kernel;
        int quads = Quads(layer.Layer);
        var packed = new AlignedBuffer<byte>(kernel * quads * kernel * Wide * 4);
        int at = 0;
        for (int row = 0; row < kernel; row++)
        {
            for (int quad = 0; quad < quads; quad++)
            {
                for (int column = 0; column < kernel; column++, at += Wide * 4)
                {
                    for (int output = 0; output < layer.Layer.Outputs; output++)
                    {
                        for (int input = 4 * quad; input < Math.Min((4 * quad) + 4, layer.Layer.Inputs); input++)
                            packed[at + (output * 4) + (input % 4)] = (byte)layer.Weight(output, input, row, column);
                    }
                }
            }
        }

        return packed;
    }

    /// <summary>For <see cref="NarrowConvolution"/>.</summary>
    public static AlignedBuffer<byte> Narrows(QuantisedLayer layer)
    {
        var packed = new AlignedBuffer<byte>(9 * Narrow * Narrow);
        int at = 0;
        for (int tap = 0; tap < 9; tap++, at += Narrow * Narrow)
        {
            for (int output = 0; output < layer.Layer.Outputs; output++)
            {
                for (int input = 0; input < layer.Layer.Inputs; input++)
                    packed[at + (output * Narrow) + input] = (byte)layer.Weight(output, input, tap / 3, tap % 3);
            }
        }

        return packed;
    }

    /// <summary>For <see cref="ResidualConvolution"/>, output after output, up to whole fours of them.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="channels">8 or 16, the inputs' room.</param>
    public static AlignedBuffer<byte> Residuals(QuantisedLayer layer, int channels)
    {
        int taps = layer.Layer.Kernel * layer.Layer.Kernel;
        var packed = new AlignedBuffer<byte>((layer.Layer.Outputs + 3) / 4 * 4 * taps * channels);
        for (int output = 0; output < layer.Layer.Outputs; output++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                for (int input = 0; input < layer.Layer.Inputs; input++)
                    packed[(((output * taps) + tap) * channels) + input] = (byte)layer.Weight(output, input, tap / layer.Layer.Kernel, tap % layer.Layer.Kernel);
            }
        }

        return packed;
    }

    /// <summary>For <see cref="SingleConvolution.Convolve"/>.</summary>
    public static AlignedBuffer<float> Singles(ConvolutionLayer layer)
    {
        int taps = layer.Kernel * layer.Kernel;
        var packed = new AlignedBuffer<float>(taps * layer.Inputs * Wide);
        for (int tap = 0; tap < taps; tap++)
        {
            for (int input = 0; input < layer.Inputs; input++)
            {
                for (int output = 0; output < layer.Outputs; output++)
                    packed[(((tap * layer.Inputs) + input) * Wide) + output] = layer.Weight(output, input, tap / layer.Kernel, tap % layer.Kernel);
            }
        }

        return packed;
    }

    /// <summary>For <see cref="SingleConvolution.ConvolveResidual"/>, four outputs after four.</summary>
    public static AlignedBuffer<float> SingleResiduals(ConvolutionLayer layer)
    {
        int taps = layer.Kernel * layer.Kernel;
        int fours = (layer.Outputs + 3) / 4;
        var packed = new AlignedBuffer<float>(fours * taps * 4 * Wide);
        for (int output = 0; output < layer.Outputs; output++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                for (int input = 0; input < layer.Inputs; input++)
                    packed[(((((output / 4 * taps) + tap) * 4) + (output % 4)) * Wide) + input] = layer.Weight(output, input, tap / layer.Kernel, tap % layer.Kernel);
            }
        }

        return packed;
    }

    /// <summary>Values in the room of 16.</summary>
    /// <param name="values">The values.</param>
    /// <param name="step">Places from one value to the next.</param>
    public static AlignedBuffer<T> Padded<T>(ReadOnlySpan<T> values, int step = 1)
        where T : unmanaged
    {
        var packed = new AlignedBuffer<T>(Math.Max(Wide, values.Length * step));
        for (int i = 0; i < values.Length; i++)
            packed[i * step] = values[i];
        return packed;
    }

    /// <summary>Groups of four input channels.</summary>
    public static int Quads(ConvolutionLayer layer) => (layer.Inputs + 3) / 4;
}
