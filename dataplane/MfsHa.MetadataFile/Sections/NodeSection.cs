using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;
using MfsHa.MetadataFile.Import.Objects;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Sections;

/// <summary>NODE 1.4: objects (mfsmaster/filesystem.c: fs_storenodes, fs_storenode, fs_loadnode).</summary>
internal sealed class NodeSection : ISection
{
    private const byte Version14 = 0x14;
    private const int ChunksBetweenPauses = 8192;
    private const int MaxTargetLength = 1 << 16;
    private const ushort ModeMask = 0xFFF;

    /// <inheritdoc/>
    public string Name => "NODE";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version14;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version14;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        file.UInt32(context.Shards.Max(static s => s.Counters.NextInode) - 1);
        var count = file.Later32();
        uint nodes = 0;
        foreach (var (shard, number, inode) in context.Shards.SelectMany(static s => s.Inodes.All().Select(i => (s, i.Key, i.Value))))
        {
            context.Links.AddObject(number, inode);
            WriteHead(file, number, inode);
            if (inode.IsFile)
            {
                file.UInt64(inode.Length);
                foreach (var pause in WriteChunks(file, shard, number, inode))
                {
                    yield return pause;
                }
            }

            Count(context.Report, inode);
            nodes++;
            yield return default;
        }

        file.FillIn(count, nodes);
        file.Byte((byte)NodeType.None);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        var highest = file.UInt32();
        var announced = file.UInt32();
        uint nodes = 0;
        bool[] classes = [.. Enumerable.Range(0, byte.MaxValue + 1).Select(id => target.Shard.StorageClassOf((byte)id) is not null)];
        while (file.Byte() is not 0 and var type)
        {
            if (type > (byte)NodeType.Sustained)
            {
                throw file.Damaged($"an object of type {type}; 1..{(byte)NodeType.Sustained} was expected");
            }

            var number = ReadNode(file, (NodeType)type, target, classes);
            highest = Math.Max(highest, number);
            nodes++;
            target.Tick();
        }

        if (nodes != announced)
        {
            throw file.Damaged($"{nodes} objects were found, {announced} announced");
        }

        target.Tree.Chunks.Pause();
        target.Tree.Pages.Pause();
        target.Change(c => c with { NextInode = Math.Max(c.NextInode, highest + 1) });
    }

    private static void WriteHead(FileBuilder file, uint number, Inode inode)
    {
        file.Byte((byte)inode.Type);
        file.UInt32(number);
        file.Byte(inode.StorageClass);
        file.Byte((byte)inode.ExtraAttributes);
        file.Byte((byte)inode.WinAttributes);
        file.UInt16((ushort)(inode.Mode & ModeMask));
        file.UInt32(inode.Uid);
        file.UInt32(inode.Gid);
        file.UInt32(inode.AccessTime);
        file.UInt32(inode.ModificationTime);
        file.UInt32(inode.ChangeTime);
        file.UInt16(inode.TrashHours);
        if (inode.Type is NodeType.BlockDevice or NodeType.CharDevice)
        {
            file.UInt32(inode.Device);
        }
        else if (inode.Type == NodeType.Symlink)
        {
            var path = inode.Target ?? [];
            file.UInt32((uint)path.Length);
            file.Bytes(path);
        }
    }

    private static IEnumerable<Pause> WriteChunks(FileBuilder file, NamespaceState shard, uint number, Inode inode)
    {
        file.UInt32(inode.ChunkSlots);
        uint written = 0;
        if (inode.ChunkSlots > 0)
        {
            file.UInt64(inode.FirstChunk);
            written = 1;
        }

        if (inode.ChunkSlots <= 1)
        {
            yield break;
        }

        foreach (var (key, page) in shard.ChunkPages.Range((number, 0), (number + 1, 0)))
        {
            var first = key.Page * ChunkPage.SlotsPerPage;
            while (written < Math.Max(first, 1))
            {
                file.UInt64(0);
                if (++written % ChunksBetweenPauses == 0)
                {
                    yield return default;
                }
            }

            while (written < Math.Min(first + ChunkPage.SlotsPerPage, inode.ChunkSlots))
            {
                file.UInt64(page.Chunks[written - first]);
                written++;
            }

            yield return default;
        }

        if (written != inode.ChunkSlots)
        {
            throw new MetadataFileException($"inode {number} has {written} chunk slots, its record says {inode.ChunkSlots}");
        }
    }

    private static uint ReadNode(FileParser file, NodeType type, ImportTarget target, bool[] classes)
    {
        var number = file.UInt32();
        if (number is 0 or > NamespaceState.MaxInode || !target.Objects.Add(number, type))
        {
            throw file.Damaged($"inode {number} comes twice or is out of range 1..{NamespaceState.MaxInode}");
        }

        var facts = new ObjectFacts
        {
            Type = type,
            StorageClass = file.Byte(),
            ExtraAttributes = (ExtraAttributes)file.Byte(),
            WinAttributes = (WindowsAttributes)file.Byte(),
            Mode = (ushort)(file.UInt16() & ModeMask),
            Uid = file.UInt32(),
            Gid = file.UInt32(),
            AccessTime = file.UInt32(),
            ModificationTime = file.UInt32(),
            ChangeTime = file.UInt32(),
            TrashHours = file.UInt16(),
        };
        if ((facts.IsFile || type == NodeType.Directory) && !classes[facts.StorageClass])
        {
            throw file.Damaged($"inode {number} has storage class {facts.StorageClass}, which the file does not have");
        }

        byte[] symlink = [];
        if (type is NodeType.BlockDevice or NodeType.CharDevice)
        {
            facts.Device = file.UInt32();
        }
        else if (type == NodeType.Symlink)
        {
            var length = file.UInt32();
            if (length > MaxTargetLength)
            {
                throw file.Damaged($"symbolic link {number} has a target of {length} bytes");
            }

            symlink = file.Bytes((int)length);
        }
        else if (facts.IsFile)
        {
            ReadFile(file, number, ref facts, target);
        }

        target.Tree.Objects.AddObject(number, facts, symlink.AsSpan().TrimEnd((byte)0));
        target.Tally.AddObject(facts);
        return number;
    }

    private static void ReadFile(FileParser file, uint number, ref ObjectFacts facts, ImportTarget target)
    {
        facts.Length = file.UInt64();
        var slots = file.UInt32();
        if (slots > FileLength.MaxChunkIndex + 1U || FileLength.IsTooLong(facts.Length))
        {
            throw file.Damaged($"file {number} has {facts.Length} bytes and {slots} chunks");
        }

        ulong[]? page = null;
        for (uint slot = 0; slot < slots; slot++)
        {
            var chunk = file.UInt64();
            if (chunk != 0)
            {
                facts.ChunkSlots = slot + 1;
                facts.ChunkCount++;
                facts.Size += FileLength.OccupiedInSlot(facts.Length, slot);
                target.Tree.Chunks.AddReference(chunk, facts.StorageClass, number, slot);
                if (slot == 0)
                {
                    facts.FirstChunk = chunk;
                }
                else
                {
                    (page ??= new ulong[ChunkPage.SlotsPerPage])[slot % ChunkPage.SlotsPerPage] = chunk;
                }
            }

            if (page is not null && (slot == slots - 1 || slot % ChunkPage.SlotsPerPage == ChunkPage.SlotsPerPage - 1))
            {
                target.Tree.Pages.Add(number, slot / ChunkPage.SlotsPerPage, page);
                target.Tick();
                page = null;
            }
        }
    }

    private static void Count(MetadataReport report, Inode inode)
    {
        report.Inodes++;
        report.TrashFiles += inode.Type == NodeType.Trash ? 1 : 0;
        report.SustainedFiles += inode.Type == NodeType.Sustained ? 1 : 0;
    }
}
