using System.Diagnostics.Metrics;

namespace RtcEnhance.Loopback.Receiving;

/// <summary>
/// Collects every duration that the library's meter reports, by stage, for the histograms of the report. Thread-safe.
/// </summary>
public sealed class StageRecorder : IDisposable
{
    private const string Instrument = "rtcenhance.stage.duration";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<double>> _milliseconds = [];
    private readonly MeterListener _listener = new();

    /// <summary>Starts to listen.</summary>
    public StageRecorder()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == RtcEnhanceMeter.Name && instrument.Name == Instrument)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(OnMeasurement);
        _listener.Start();
    }

    /// <summary>The durations so far, in milliseconds, by stage.</summary>
    /// <returns>A copy.</returns>
    public IReadOnlyDictionary<string, double[]> Snapshot()
    {
        lock (_lock)
            return _milliseconds.ToDictionary(stage => stage.Key, stage => stage.Value.ToArray());
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Dispose();

    private void OnMeasurement(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key != "stage" || tag.Value is not string stage)
                continue;
            lock (_lock)
            {
                if (!_milliseconds.TryGetValue(stage, out List<double>? durations))
                    _milliseconds.Add(stage, durations = []);
                durations.Add(seconds * 1000);
            }
        }
    }
}
