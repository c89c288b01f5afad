namespace MfsHa.Node.Configuration;

/// <summary>One node of <c>MFSHA_PEERS</c>.</summary>
/// <param name="Id">Node id, 1..65535.</param>
/// <param name="Host">Host name or IPv4 address.</param>
/// <param name="Port">TCP port of the node link, 1..65535; null only before the default (<c>MFSHA_PORT</c>) is filled in.</param>
public sealed record PeerAddress(int Id, string Host, int? Port)
{
    /// <inheritdoc/>
    public override string ToString() => Port is { } port ? $"{Id}@{Host}:{port}" : $"{Id}@{Host}";
}
