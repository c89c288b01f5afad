using MfsHa.Protocol;

namespace MfsHa.Gateway.Exports;

/// <summary>A client that wants a session (client-protocol 2.1, 2.2).</summary>
/// <param name="Address">Its IPv4 address, first octet in the high byte.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsMeta">True for a meta session (NEWMETASESSION), which has no path.</param>
/// <param name="Path">Directory that it wants to mount, without NUL; empty for a meta session.</param>
/// <param name="Challenge">The 32 random bytes that its connection was given; empty when it did not ask for any.</param>
/// <param name="Response">The 16 bytes that it made of challenge and password; empty when it sent none.</param>
public readonly record struct ExportQuery(
    uint Address, PeerVersion Version, bool IsMeta, ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Challenge, ReadOnlyMemory<byte> Response);
