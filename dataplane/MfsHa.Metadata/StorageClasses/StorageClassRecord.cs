using System.Globalization;
using MemoryPack;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.StorageClasses;

/// <summary>How strictly labels bind the choice of servers (chunkserver-protocol 6).</summary>
public enum LabelsMode : byte
{
    /// <summary>Other servers are taken at once.</summary>
    Loose = 0,

    /// <summary>Other servers are taken unless waiting for busy ones helps.</summary>
    Standard = 1,

    /// <summary>Only matching servers.</summary>
    Strict = 2,

    /// <summary>In one of the four modes: as the class says.</summary>
    OfClass = 0xFF,
}

/// <summary>Which copies chunks have in one of a class's four states.</summary>
[MemoryPackable]
public sealed partial record StorageMode
{
    /// <summary>Most labels, that is copies, of a mode.</summary>
    public const int MaxLabels = 9;

    /// <summary>A mode that is not defined.</summary>
    public static readonly StorageMode Undefined = new();

    /// <summary>One expression per copy (see <see cref="LabelExpression"/>); none = the mode is not defined.</summary>
    public byte[][] Labels { get; init; } = [];

    /// <summary>Labels of which copies must differ; bit 26 = IP address, bit 27 = rack.</summary>
    public uint UniqueMask { get; init; }

    /// <summary>How strictly labels bind.</summary>
    public LabelsMode LabelsMode { get; init; } = LabelsMode.OfClass;

    /// <summary>Data parts (high nibble) and checksum parts (low nibble) of an erasure-coded mode, 0 = copies. Only from imports.</summary>
    public byte ErasureCoding { get; init; }

    /// <summary>True when the mode says anything.</summary>
    [MemoryPackIgnore]
    public bool IsDefined => Labels.Length > 0 || ErasureCoding != 0;

    /// <summary>True when some copy does not go just anywhere.</summary>
    [MemoryPackIgnore]
    public bool HasLabels => UniqueMask != 0 || Array.Exists(Labels, static l => !LabelExpression.IsAny(l));

    /// <summary>Copies anywhere.</summary>
    public static StorageMode Copies(int count) => new() { Labels = [.. Enumerable.Repeat(Array.Empty<byte>(), count)] };

    /// <summary>What a byte occupies, in eighths of itself.</summary>
    public int StorageEighths() => ErasureCoding == 0 ? Labels.Length * 8 : ((ErasureCoding >> 4) + 1) * 8 / (ErasureCoding >> 4);
}

/// <summary>A storage class (chunkserver-protocol 6; mfsmaster/storageclass.c).</summary>
[MemoryPackable]
public sealed partial record StorageClassRecord
{
    /// <summary>Largest id.</summary>
    public const int MaxId = 255;

    /// <summary>Largest id of the classes "1".."9" that stand for the old goals.</summary>
    public const byte MaxGoal = 9;

    /// <summary>Archive mode of a new class: by change of content or attributes.</summary>
    public const byte DefaultArchiveMode = 1;

    /// <summary>Id, 1..<see cref="MaxId"/>.</summary>
    public required byte Id { get; init; }

    /// <summary>Name.</summary>
    public required Name Name { get; init; }

    /// <summary>Description, 0..255 bytes.</summary>
    public byte[] Description { get; init; } = [];

    /// <summary>Decides first between classes of one shared chunk.</summary>
    public uint Priority { get; init; }

    /// <summary>Group of classes that exports name, 0..15.</summary>
    public byte ExportGroup { get; init; }

    /// <summary>True when only sessions with the admin right may set it.</summary>
    public bool AdminOnly { get; init; }

    /// <summary>How strictly labels bind unless a mode says otherwise.</summary>
    public LabelsMode LabelsMode { get; init; } = LabelsMode.Standard;

    /// <summary>Which times start archiving: 1 ctime, 2 mtime, 4 atime; 8 reversible, 16 fast, 32 per chunk.</summary>
    public byte ArchiveMode { get; init; } = DefaultArchiveMode;

    /// <summary>Hours until files are archived.</summary>
    public ushort ArchiveDelayHours { get; init; }

    /// <summary>Shorter files are not archived, bytes.</summary>
    public ulong ArchiveMinSize { get; init; }

    /// <summary>Shortest trash retention of files in the trash mode, hours.</summary>
    public ushort MinTrashHours { get; init; }

    /// <summary>Copies of a new chunk.</summary>
    public StorageMode Create { get; init; } = StorageMode.Undefined;

    /// <summary>Copies of an ordinary chunk.</summary>
    public required StorageMode Keep { get; init; }

    /// <summary>Copies of an archived chunk.</summary>
    public StorageMode Archive { get; init; } = StorageMode.Undefined;

    /// <summary>Copies of a chunk whose files are in the trash.</summary>
    public StorageMode Trash { get; init; } = StorageMode.Undefined;

    /// <summary>True for a class that stands for an old goal and always exists.</summary>
    [MemoryPackIgnore]
    public bool IsGoal => Id <= MaxGoal && Name == GoalName(Id);

    /// <summary>Mode of new chunks.</summary>
    [MemoryPackIgnore]
    public StorageMode CreateMode => Create.IsDefined ? Create : Keep;

    private static readonly StorageClassRecord[] Goals = [.. Enumerable.Range(1, MaxGoal).Select(static g => MakeGoal((byte)g))];

    /// <summary>The class that stands for a goal, 1..<see cref="MaxGoal"/>.</summary>
    public static StorageClassRecord Goal(byte goal) => Goals[goal - 1];

    private static StorageClassRecord MakeGoal(byte goal)
    {
        var copies = StorageMode.Copies(goal);
        return new StorageClassRecord { Id = goal, Name = GoalName(goal), ExportGroup = goal, Create = copies, Keep = copies, Archive = copies };
    }

    /// <summary>Order of classes of files that share a chunk: the largest decides (mfsmaster/storageclass.c: sclass_get_joining_priority).</summary>
    public (uint Priority, int Redundancy, bool ErasureCoding, bool Labels, bool TrashErasureCoding, bool TrashLabels, byte Id) Strength()
    {
        var checksums = (Archive.ErasureCoding & 0xF) == 0 ? 0 : 1;
        var redundancy = checksums == 0 ? Math.Max(Archive.Labels.Length, Keep.Labels.Length) : Math.Max(checksums + 1, Keep.Labels.Length);
        return (Priority, redundancy, checksums != 0, Keep.HasLabels || Archive.HasLabels, (Trash.ErasureCoding & 0xF) != 0, Trash.HasLabels, Id);
    }

    private static Name GoalName(byte goal) => new(goal.ToString(CultureInfo.InvariantCulture));
}

/// <summary>How many objects have a storage class.</summary>
[MemoryPackable]
public sealed partial record ClassUsage(long Files, long Directories)
{
    /// <summary>Nobody has it.</summary>
    public static readonly ClassUsage None = new(0, 0);
}
