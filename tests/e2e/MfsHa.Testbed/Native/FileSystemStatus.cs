namespace MfsHa.Testbed.Native;

/// <summary>What statvfs(3) tells of a file system; sizes in bytes.</summary>
public sealed record FileSystemStatus(ulong Total, ulong Available, ulong Files);
