namespace MfsHa.Bench.Raw;

/// <summary>A file that a measurement made and others ask for.</summary>
internal readonly record struct KnownFile(uint Parent, byte[] Name, uint Inode);
