using System.Globalization;
using System.Net.Http;
using System.Security.Authentication;
using Grpc.Core;
using Grpc.Net.Client;
using MfsHa.Security;
using AdminClient = MfsHa.Admin.Contract.Admin.AdminClient;

namespace MfsHa.Admin;

/// <summary>Calls of the admin service at the first node that answers.</summary>
public static class AdminConnection
{
    private static readonly HttpRequestError[] _networkErrors = [HttpRequestError.ConnectionError, HttpRequestError.NameResolutionError];

    private static readonly TimeSpan _connectLimit = TimeSpan.FromSeconds(2);

    /// <summary>Makes a call.</summary>
    /// <param name="target">Which nodes to try.</param>
    /// <param name="call">The call, with its options.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UnreachableException">No node could be connected to.</exception>
    /// <exception cref="RpcException">A node answered with an error.</exception>
    public static Task<T> CallAsync<T>(AdminTarget target, Func<AdminClient, CallOptions, Task<T>> call, CancellationToken cancellation) =>
        InvokeAsync(target, (invoker, options) => call(new AdminClient(invoker), options), cancellation);

    /// <summary>As <see cref="CallAsync{T}"/>, for any service on the port.</summary>
    public static async Task<T> InvokeAsync<T>(AdminTarget target, Func<CallInvoker, CallOptions, Task<T>> call, CancellationToken cancellation)
    {
        var failures = new List<string>();
        foreach (Uri address in target.Addresses)
        {
            using GrpcChannel channel = Open(address, target.Credentials);
            try
            {
                return await call(channel.CreateCallInvoker(), OptionsFor(target, cancellation)).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.Status.DebugException is { } reason && (e.StatusCode == StatusCode.Unavailable || IsMadeHere(reason)))
            {
                // Made here, not by a node: nobody took the call.
                failures.Add($"{address.Authority}: {ReasonOf(reason, target.Credentials)}");
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.DeadlineExceeded)
            {
                failures.Add($"{address.Authority}: no answer within {target.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
            }
        }

        throw new UnreachableException(string.Join("; ", failures));
    }

    /// <summary>A channel to one node; whoever gets it disposes it.</summary>
    public static GrpcChannel Open(Uri address, AdminCredentials credentials)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = _connectLimit };
        if (credentials.Tls is not null)
        {
            handler.SslOptions = credentials.Tls.ClientOptions(address.Host);
            address = new UriBuilder(address) { Scheme = Uri.UriSchemeHttps }.Uri;
        }

        return GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }

    /// <summary>Deadline and token for one call.</summary>
    public static CallOptions OptionsFor(AdminTarget target, CancellationToken cancellation)
    {
        Grpc.Core.Metadata? headers = target.Credentials.Token is { } token ? new Grpc.Core.Metadata { { "authorization", $"Bearer {token}" } } : null;
        return new CallOptions(headers, DateTime.UtcNow + target.Timeout, cancellation);
    }

    private static string ReasonOf(Exception e, AdminCredentials credentials)
    {
        if (Layers(e).OfType<AuthenticationException>().FirstOrDefault() is { } refused)
        {
            return TlsFailure.ReasonOf(refused) + Hint(credentials);
        }

        string reason = e.GetBaseException().Message;
        if (credentials.Tls is null && Layers(e).OfType<HttpRequestException>().Any(static h => !_networkErrors.Contains(h.HttpRequestError)))
        {
            return $"the node may speak TLS only (--tls-ca, --tls-cert, --tls-key): {reason}";
        }

        return (IsSecureConnectionError(e) ? $"no TLS with the node (does it speak TLS?): {reason}" : reason) + Hint(credentials);
    }

    private static string Hint(AdminCredentials credentials) => credentials.Tls?.OwnFlaw() is { } flaw ? $" ({flaw})" : "";

    // gRPC has statuses of its own for what happens while a connection is made, as if a node had answered.
    private static bool IsMadeHere(Exception e) => e is HttpRequestException || IsSecureConnectionError(e) || Layers(e).OfType<AuthenticationException>().Any();

    private static bool IsSecureConnectionError(Exception e) =>
        Layers(e).OfType<HttpRequestException>().Any(static h => h.HttpRequestError == HttpRequestError.SecureConnectionError);

    private static IEnumerable<Exception> Layers(Exception e)
    {
        for (Exception? layer = e; layer is not null; layer = layer.InnerException)
        {
            yield return layer;
        }
    }
}
