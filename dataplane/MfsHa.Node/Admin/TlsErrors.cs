using System.Net;
using MfsHa.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Admin;

/// <summary>Hears of handshakes that fail: Kestrel tells nobody but its log, at Debug and without the address. The factory is to be Kestrel's; everything else goes through to the inner one.</summary>
internal sealed class TlsErrors(ILoggerFactory inner, Action<EndPoint?, string> failed) : ILoggerFactory
{
    /// <summary>Kestrel's category and its events about handshakes (Microsoft.AspNetCore.Server.Kestrel.Core/Middleware/HttpsConnectionMiddleware.cs).</summary>
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    private static readonly string[] _failures = ["AuthenticationFailed", "AuthenticationTimedOut"];

    // Which connection the messages of this flow are about.
    private readonly AsyncLocal<EndPoint?> _remote = new();

    /// <summary>Connection middleware before TLS.</summary>
    public ConnectionDelegate Follow(ConnectionDelegate next) => connection =>
    {
        _remote.Value = connection.RemoteEndPoint;
        return next(connection);
    };

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        ILogger logger = inner.CreateLogger(categoryName);
        return categoryName == Category ? new Listening(this, logger) : logger;
    }

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The inner factory belongs to who made it.
    }

    private sealed class Listening(TlsErrors errors, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug || inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (_failures.Contains(eventId.Name))
            {
                errors.Tell(exception is null ? "no handshake of TLS in time" : "TLS: " + TlsFailure.ReasonOf(exception));
            }

            if (inner.IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }

    private void Tell(string reason) => failed(_remote.Value, reason);
}
