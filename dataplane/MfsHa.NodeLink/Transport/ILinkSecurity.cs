using MfsHa.Security;

namespace MfsHa.NodeLink.Transport;

/// <summary>
/// Turns a fresh TCP connection between nodes into the stream that is used. The place for TLS: everything above, prefaces included,
/// uses the returned stream only. Its synchronous reads and writes must not depend on the thread pool (the pings use them).
/// </summary>
public interface ILinkSecurity
{
    /// <summary>The token that a preface shows, and that it must show.</summary>
    SharedToken Token { get; }

    /// <summary>Takes over an accepted connection. Throws <see cref="IOException"/> or a security exception to refuse it.</summary>
    ValueTask<Stream> AcceptAsync(Stream connection, CancellationToken cancellation);

    /// <summary>Takes over a connection that was opened to <paramref name="peer"/>.</summary>
    ValueTask<Stream> ConnectAsync(Stream connection, NodeAddress peer, CancellationToken cancellation);

    /// <summary>The same, on the calling thread.</summary>
    Stream Connect(Stream connection, NodeAddress peer);

    /// <summary>Why a peer may have ended a connection that it had accepted before it answered anything; null when nothing is known.</summary>
    string? WhyRefused();
}
