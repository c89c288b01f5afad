namespace MfsHa.EndToEnd.Tests.Ledger.Clients;

/// <summary>What both kinds of clients can tell about a name.</summary>
internal sealed record EntryFacts(bool IsDirectory, int Links, ulong Inode, long Size);
