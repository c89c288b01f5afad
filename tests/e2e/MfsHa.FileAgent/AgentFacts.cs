namespace MfsHa.FileAgent;

/// <summary>What stat(2) says of a file.</summary>
public sealed record AgentFacts(bool IsDirectory, int Links, ulong Inode, long Size);
