using MfsHa.Security;

namespace MfsHa.NodeLink.Transport;

/// <summary>Uses connections as they are. A token, where there is one, can be read by whoever can listen to the network.</summary>
public sealed class PlainLink(Func<SharedToken>? token = null) : ILinkSecurity
{
    /// <summary>Without a token.</summary>
    public static PlainLink Instance { get; } = new();

    /// <inheritdoc/>
    public SharedToken Token => token?.Invoke() ?? SharedToken.None;

    /// <inheritdoc/>
    public ValueTask<Stream> AcceptAsync(Stream connection, CancellationToken cancellation) => ValueTask.FromResult(connection);

    /// <inheritdoc/>
    public ValueTask<Stream> ConnectAsync(Stream connection, NodeAddress peer, CancellationToken cancellation) => ValueTask.FromResult(connection);

    /// <inheritdoc/>
    public Stream Connect(Stream connection, NodeAddress peer) => connection;

    /// <inheritdoc/>
    public string? WhyRefused() => null;
}
