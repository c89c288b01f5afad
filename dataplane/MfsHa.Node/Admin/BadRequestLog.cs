using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Admin;

/// <summary>One line for each connection to the admin port that ends by what it sent. Kestrel itself tells of bad requests at Debug only, and to whoever listens to its events.</summary>
internal sealed partial class BadRequestLog(ILogger logger) : IObserver<KeyValuePair<string, object?>>
{
    /// <summary>Kestrel's event about a request that is none (Microsoft.AspNetCore.Server.Kestrel.Core/Internal/Http/HttpProtocol).</summary>
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Listens until the result is disposed.</summary>
    public IDisposable Listen(DiagnosticListener events) => events.Subscribe(this, static name => name == BadRequest);

    /// <summary>A connection said nothing that can be told for HTTP.</summary>
    public void Note(EndPoint? remote, string reason) => Log.Closed(logger, remote, reason);

    /// <inheritdoc/>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection features && features.Get<IBadRequestExceptionFeature>() is { Error: { } error })
        {
            var connection = features.Get<IHttpConnectionFeature>();
            var remote = connection?.RemoteIpAddress is { } address ? new IPEndPoint(address, connection.RemotePort) : null;
            Note(remote, error.Message);
        }
    }

    /// <inheritdoc/>
    public void OnCompleted()
    {
    }

    /// <inheritdoc/>
    public void OnError(Exception error)
    {
    }

    private static partial class Log
    {
        [LoggerMessage(50, LogLevel.Warning, "admin connection {Remote} closed: {Reason}")]
        public static partial void Closed(ILogger logger, EndPoint? remote, string reason);
    }
}
