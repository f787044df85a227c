namespace RtcEnhance.Audio;

/// <summary>Linear prediction by the autocorrelation method. Stateless.</summary>
/// <remarks>A predictor is held as A(z) = 1 + a[1] z^-1 + ... + a[p] z^-p, so <c>a[0]</c> is 1 and a span has p + 1 values.</remarks>
internal static class LinearPrediction
{
    /// <summary>Highest order any caller uses.</summary>
    internal const int MaxOrder = 32;

    /// <summary>Writes <paramref name="autocorrelation"/>[k] = sum x[n] x[n - k] for every k it has room for.</summary>
    internal static void Autocorrelate(ReadOnlySpan<float> signal, Span<double> autocorrelation)
    {
        for (int lag = 0; lag < autocorrelation.Length; lag++)
        {
            ReadOnlySpan<float> late = signal[Math.Min(lag, signal.Length)..];
            autocorrelation[lag] = InnerProduct.Sum(late, signal);
        }
    }

    /// <summary>
    /// Levinson-Durbin: solves for the predictor and returns its residual energy. Where the energy is not positive, or
    /// the recursion loses it to rounding, the coefficients that are left are zero, so the filter is always stable.
    /// </summary>
    internal static double Solve(ReadOnlySpan<double> autocorrelation, Span<float> predictor)
    {
        int order = predictor.Length - 1;
        Span<double> current = stackalloc double[MaxOrder + 1];
        Span<double> previous = stackalloc double[MaxOrder + 1];
        current.Clear();
        current[0] = 1;
        double error = autocorrelation[0];
        for (int i = 1; i <= order && error > 0; i++)
        {
            double sum = autocorrelation[i];
            for (int j = 1; j < i; j++)
                sum += current[j] * autocorrelation[i - j];
            double reflection = -sum / error;
            if (!(Math.Abs(reflection) < 1))
                break;
            current.CopyTo(previous);
            for (int j = 1; j < i; j++)
                current[j] = previous[j] + reflection * previous[i - j];
            current[i] = reflection;
            error *= 1 - reflection * reflection;
        }
        for (int i = 0; i <= order; i++)
            predictor[i] = (float)current[i];
        return error;
    }

    /// <summary>Moves the poles towards the origin: a[k] *= factor^k.</summary>
    internal static void ExpandBandwidth(Span<float> predictor, float factor)
    {
        float scale = 1;
        for (int k = 1; k < predictor.Length; k++)
            predictor[k] *= scale *= factor;
    }

    /// <summary>
    /// Filters by A(z): <paramref name="residual"/>[n] belongs to <paramref name="signal"/>[order + n], whose first
    /// order samples are context. The spans may not overlap.
    /// </summary>
    internal static void Analyze(ReadOnlySpan<float> predictor, ReadOnlySpan<float> signal, Span<float> residual)
    {
        Span<float> oldestFirst = stackalloc float[MaxOrder + 1];
        oldestFirst = oldestFirst[..predictor.Length];
        predictor.CopyTo(oldestFirst);
        oldestFirst.Reverse();
        SlidingProduct.Apply(oldestFirst, signal, residual);
    }

    /// <summary>
    /// Filters by 1/A(z) into <paramref name="signal"/>[order..], whose first order samples are the filter's memory.
    /// The spans may not overlap.
    /// </summary>
    internal static void Synthesize(ReadOnlySpan<float> predictor, ReadOnlySpan<float> excitation, Span<float> signal)
    {
        int order = predictor.Length - 1;
        for (int n = 0; n < excitation.Length; n++)
        {
            // Four sums side by side, oldest samples first: only the last product waits for the sample just made.
            ReadOnlySpan<float> memory = signal.Slice(n, order);
            float a = excitation[n], b = 0, c = 0, d = 0;
            int k = order;
            for (; k >= 4; k -= 4)
            {
                d += predictor[k] * memory[order - k];
                c += predictor[k - 1] * memory[order - k + 1];
                b += predictor[k - 2] * memory[order - k + 2];
                a -= predictor[k - 3] * memory[order - k + 3];
            }
            for (; k >= 1; k--)
                a -= predictor[k] * memory[order - k];
            signal[order + n] = a - (d + c + b);
        }
    }
}
