namespace RtcEnhance.Loopback;

/// <summary>Told how far the demo is: the step, and within the call a share from 0 to 1.</summary>
public interface ICallProgress : IProgress<double>
{
    /// <summary>A step begins.</summary>
    /// <param name="step">Its name.</param>
    void Begin(string step);

    /// <summary>All is done.</summary>
    void End();
}
