namespace RtcEnhance.TrimSmoke;

/// <summary>The program's only assertion.</summary>
internal static class Smoke
{
    /// <summary>Throws where something is not as it must be.</summary>
    /// <param name="holds">Whether it is.</param>
    /// <param name="what">What must be.</param>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"Not so: {what}.");
    }
}
