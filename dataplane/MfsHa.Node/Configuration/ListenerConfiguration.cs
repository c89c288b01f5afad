namespace MfsHa.Node.Configuration;

/// <summary>One of the ports that speak MooseFS's protocols.</summary>
/// <param name="Host">Address to listen on; "*" for any.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Timeout">A connection is closed after this time without a byte from the other side.</param>
public sealed record ListenerConfiguration(string Host, int Port, TimeSpan Timeout);
