namespace MfsHa.NodeLink.Transport;

/// <summary>Uses connections as they are.</summary>
public sealed class PlainLink : ILinkSecurity
{
    /// <summary>The only instance.</summary>
    public static PlainLink Instance { get; } = new();

    private PlainLink()
    {
    }

    /// <inheritdoc/>
    public ValueTask<Stream> AcceptAsync(Stream connection, CancellationToken cancellation) => ValueTask.FromResult(connection);

    /// <inheritdoc/>
    public ValueTask<Stream> ConnectAsync(Stream connection, NodeAddress peer, CancellationToken cancellation) => ValueTask.FromResult(connection);

    /// <inheritdoc/>
    public Stream Connect(Stream connection, NodeAddress peer) => connection;
}
