using Microsoft.Extensions.Logging;

namespace RtcEnhance.Extensions.Tests;

/// <summary>Keeps what is logged; a factory of itself.</summary>
internal sealed class ListLogger : ILogger, ILoggerFactory
{
    public List<string> Lines { get; } = [];

    public List<string> Categories { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Lines.Add($"{logLevel}: {formatter(state, exception)} {exception?.Message}".TrimEnd());

    public ILogger CreateLogger(string categoryName)
    {
        Categories.Add(categoryName);
        return this;
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
