using MfsHa.Metadata.Sharding;

namespace MfsHa.Metadata.Kernel;

/// <summary>Which part of their unit the records of a table are: how a transaction holds the unit to read or to write them.</summary>
public enum UnitPart
{
    /// <summary>What it is, its times and counts: the inodes.</summary>
    Body,

    /// <summary>What changes of a directory's entries leave alone.</summary>
    Settled,

    /// <summary>The entries of a directory. One of them is held by its name; all of them together with the directory.</summary>
    Entries,
}

/// <summary>How the parts of a unit are held.</summary>
public static class UnitParts
{
    /// <summary>To read one record.</summary>
    public static LockMode ToRead(this UnitPart part) => part == UnitPart.Body ? LockMode.Shared : LockMode.Use;

    /// <summary>To write one record.</summary>
    public static LockMode ToWrite(this UnitPart part) => part == UnitPart.Entries ? LockMode.Entries : LockMode.Exclusive;

    /// <summary>To read all records, or to see that there are none.</summary>
    public static LockMode ToList(this UnitPart part) => part == UnitPart.Settled ? LockMode.Use : LockMode.Shared;
}
