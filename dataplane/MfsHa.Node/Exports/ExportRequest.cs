namespace MfsHa.Node.Exports;

/// <summary>A client that wants a session (client-protocol 2.1, 2.3).</summary>
/// <param name="Address">Its IPv4 address, host order.</param>
/// <param name="Version">Its version as on the wire.</param>
/// <param name="IsMeta">True for a meta session (NEWMETASESSION), which has no path.</param>
/// <param name="Path">The directory it wants to mount; a NUL ends it.</param>
/// <param name="Challenge">The 32 random bytes that this connection was given; empty when it did not ask.</param>
/// <param name="Response">The 16 bytes that the client made of challenge and password; empty when it sent none.</param>
public readonly record struct ExportRequest(
    uint Address, uint Version, bool IsMeta, ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Challenge, ReadOnlyMemory<byte> Response);
