using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

/// <summary>Networks computed one sample at a time, straight from their definition.</summary>
internal static class ReferenceUpscaler
{
    /// <summary>In double precision. Returns luma steps, neither rounded nor limited.</summary>
    public static double[] Run(UpscalingNetwork network, byte[] luma, int width, int height)
    {
        double[][] values = [[.. luma.Select(l => l / 255.0)]];
        double[][]? skipped = null;
        for (int i = 0; i < network.Layers.Length; i++)
        {
            ConvolutionLayer layer = network.Layers[i];
            values = [.. Enumerable.Range(0, layer.Outputs).Select(o => Convolve(layer, o, values, width, height))];
            if (i == network.Layers.Length - 1)
                break;
            for (int o = 0; o < layer.Outputs; o++)
            {
                for (int at = 0; at < values[o].Length; at++)
                {
                    double sum = values[o][at];
                    values[o][at] = Math.Min(sum < 0 ? sum * layer.Slopes[o] : sum, layer.Limit) + (layer.AddsSkip ? skipped![o][at] : 0);
                }
            }

            if (i == network.SkippedLayer)
                skipped = [.. values.Select(v => (double[])v.Clone())];
        }

        return Finish(network, luma, width, height, (plane, at) => values[plane][at] * 255);
    }

    /// <summary>In 8-bit arithmetic. Returns the bytes.</summary>
    public static byte[] RunBytes(UpscalingNetwork network, byte[] luma, int width, int height)
    {
        int[][] values = [[.. luma.Select(l => (int)l)]];
        int[][]? skipped = null;
        QuantisedLayer layer = null!;
        int[][] sums = [];
        int zero = 0;
        for (int i = 0; i < network.Layers.Length; i++)
        {
            layer = i == 0 ? QuantisedLayer.QuantiseFirst(network.Layers[0]) : QuantisedLayer.Quantise(network.Layers[i], network.ActivationSteps[i - 1], zero);
            sums = [.. Enumerable.Range(0, layer.Layer.Outputs).Select(o => Sum(layer, o, values, zero, width, height))];
            if (i == network.Layers.Length - 1)
                break;
            float step = network.ActivationSteps[i];
            zero = network.ZeroPoints[i];
            float skipGain = layer.Layer.AddsSkip ? network.ActivationSteps[network.SkippedLayer] / step : 0;
            float offset = zero + 0.5f - (layer.Layer.AddsSkip ? network.ZeroPoints[network.SkippedLayer] * skipGain : 0);
            values = new int[layer.Layer.Outputs][];
            for (int o = 0; o < values.Length; o++)
            {
                float gain = layer.SumSteps[o] / step;
                float limit = Math.Min(layer.Layer.Limit / step, 510);
                values[o] = new int[luma.Length];
                for (int at = 0; at < luma.Length; at++)
                {
                    float value = (Math.Max(sums[o][at], 0f) * gain) + (Math.Min(sums[o][at], 0f) * (gain * layer.Layer.Slopes[o]));
                    value = Math.Min(value, limit) + offset;
                    if (layer.Layer.AddsSkip)
                        value += skipped![o][at] * skipGain;
                    values[o][at] = (int)Math.Clamp(value, 0, 255);
                }
            }

            if (i == network.SkippedLayer)
                skipped = values;
        }

        double[] result = Finish(network, luma, width, height, (plane, at) => sums[plane][at] * (layer.SumSteps[plane] * 255));
        return [.. result.Select(r => (byte)Math.Clamp((float)r + 0.5f, 0, 255))];
    }

    private static double[] Convolve(ConvolutionLayer layer, int output, double[][] values, int width, int height)
    {
        var sums = new double[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double sum = layer.Biases[output];
                for (int input = 0; input < layer.Inputs; input++)
                {
                    for (int tap = 0; tap < layer.Kernel * layer.Kernel; tap++)
                    {
                        int row = y + (tap / layer.Kernel) - layer.Reach;
                        int column = x + (tap % layer.Kernel) - layer.Reach;
                        if (row >= 0 && row < height && column >= 0 && column < width)
                            sum += layer.Weight(output, input, tap / layer.Kernel, tap % layer.Kernel) * values[input][(row * width) + column];
                    }
                }

                sums[(y * width) + x] = sum;
            }
        }

        return sums;
    }

    private static int[] Sum(QuantisedLayer layer, int output, int[][] values, int padding, int width, int height)
    {
        int kernel = layer.Layer.Kernel;
        var sums = new int[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int sum = layer.Biases[output];
                for (int input = 0; input < layer.Layer.Inputs; input++)
                {
                    for (int tap = 0; tap < kernel * kernel; tap++)
                    {
                        int row = y + (tap / kernel) - layer.Layer.Reach;
                        int column = x + (tap % kernel) - layer.Layer.Reach;
                        bool isInside = row >= 0 && row < height && column >= 0 && column < width;
                        sum += layer.Weight(output, input, tap / kernel, tap % kernel) * (isInside ? values[input][(row * width) + column] : padding);
                    }
                }

                sums[(y * width) + x] = sum;
            }
        }

        return sums;
    }

    private static double[] Finish(UpscalingNetwork network, byte[] luma, int width, int height, Func<int, int, double> residual)
    {
        int scale = network.Scale;
        var result = new double[luma.Length * scale * scale];
        for (int y = 0; y < height * scale; y++)
        {
            for (int x = 0; x < width * scale; x++)
            {
                int plane = (y % scale * scale) + (x % scale);
                result[(y * width * scale) + x] = residual(plane, (y / scale * width) + (x / scale)) + Enlarge(network, luma, width, height, x, y);
            }
        }

        return result;
    }

    private static double Enlarge(UpscalingNetwork network, byte[] luma, int width, int height, int x, int y)
    {
        double centerX = ((x + 0.5) / network.Scale) - 0.5;
        double centerY = ((y + 0.5) / network.Scale) - 0.5;
        double sum = 0;
        for (int row = (int)Math.Floor(centerY) - 1; row <= Math.Floor(centerY) + 2; row++)
        {
            for (int column = (int)Math.Floor(centerX) - 1; column <= Math.Floor(centerX) + 2; column++)
            {
                sum += Weight(network.Base, row - centerY) * Weight(network.Base, column - centerX)
                    * luma[(Math.Clamp(row, 0, height - 1) * width) + Math.Clamp(column, 0, width - 1)];
            }
        }

        return sum;
    }

    private static double Weight(BaseFilter filter, double distance)
    {
        double d = Math.Abs(distance);
        if (filter == BaseFilter.Copy)
            return d == 0 ? 1 : 0;
        if (filter == BaseFilter.Linear)
            return Math.Max(0, 1 - d);
        return d <= 1 ? (1.5 * d * d * d) - (2.5 * d * d) + 1 : d < 2 ? (-0.5 * d * d * d) + (2.5 * d * d) - (4 * d) + 2 : 0;
    }
}
