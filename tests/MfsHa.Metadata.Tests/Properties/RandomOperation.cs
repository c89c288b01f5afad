using CsCheck;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Properties;

/// <summary>
/// One random operation. Its numbers are turned into objects of the shard that it runs on, mostly such that it can succeed;
/// equal shards give equal operations.
/// </summary>
internal sealed record RandomOperation(int Kind, int A, int B, int NameA, int NameB, int User, int Extra)
{
    private const int Kinds = 32;
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];

    public static readonly Gen<RandomOperation> Generator =
        Gen.Select(Gen.Int[0, Kinds - 1], Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, 35], Gen.Int[0, 35], Gen.Int[0, 7], Gen.Int[0, 1_000_000])
            .Select(static (kind, a, b, nameA, nameB, user, extra) => new RandomOperation(kind, a, b, nameA, nameB, user, extra));

    /// <summary>How much the clock moves before.</summary>
    public uint Seconds => (Extra % 20) switch
    {
        0 => (uint)Extra,
        < 10 => (uint)Extra % 10,
        _ => 0,
    };

    public Reply ExecuteOn(Shard shard)
    {
        shard.Now += Seconds;
        return CommandFor(shard) is { } command ? shard.Execute(command) : shard.Execute(QueryFor(shard));
    }

    /// <summary>The command, or null when this is a query.</summary>
    public Command? CommandFor(Shard shard)
    {
        var caller = CallerFor(shard);
        var mode = (ushort)(Extra & 0xFFF);
        var directory = Directory(shard, A);
        var target = Extra % 3 == 0 ? directory : Directory(shard, B);
        var fresh = new Name(Names[NameA % Names.Length]);
        var existing = EntryOf(shard, directory, NameA);
        return Kind switch
        {
            0 or 1 => new MakeDirectory(directory, fresh, (ushort)(mode | 0x1C0), 0x12, (Extra & 1) != 0, caller),
            2 or 3 => new CreateFile(directory, fresh, (ushort)(mode | 0x180), 0, caller),
            4 => new MakeNode(directory, fresh, Extra % 2 == 0 ? NodeType.File : (NodeType)(Extra % 9), mode, 0, 77, caller),
            5 => new MakeSymlink(directory, fresh, new byte[Extra % 9].Select(_ => (byte)'x').ToArray(), caller),
            6 or 7 or 8 => new RemoveFile(directory, existing, caller),
            9 => new RemoveDirectory(directory, existing, caller),
            10 or 11 or 12 => new Rename(
                directory, existing, target, Extra % 2 == 0 ? new Name(Names[NameB % Names.Length]) : EntryOf(shard, target, NameB), (RenameMode)(Extra % 3), caller),
            13 or 14 => new MakeLink(Object(shard, B), directory, fresh, caller),
            15 => new SetAttributes
            {
                Inode = Object(shard, A),
                Caller = caller,
                Changes = (SetAttributesMask)(Extra & 0xFF),
                Mode = mode,
                Uid = 10 + ((uint)B % 3),
                Gid = 10 * ((uint)B % 3),
                AccessTime = Shard.Begin + (uint)Extra,
                ModificationTime = Shard.Begin - (uint)Extra,
                ClearMode = (SetIdClearMode)(Extra % 6),
            },
            16 or 17 => new SetLength(Object(shard, A), (TruncateFlags)(Extra % 16), (ulong)Extra * (Extra % 4 == 0 ? 20_000u : 200u), (Extra & 64) != 0, caller),
            18 => new OpenFile(Object(shard, A), (OpenFlags)(Extra & 0x1F), caller),
            19 => new UpdateTimes([new TimeUpdate(Object(shard, A), Shard.Begin + (uint)Extra, 0), new TimeUpdate(Object(shard, B), 0, Shard.Begin + (uint)(Extra % 1000))], caller),
            20 or 21 => new SyncOpenFiles(caller.Session, [.. new[] { Object(shard, A), Object(shard, B) }.Distinct().Order().Take(Extra % 3)]),
            22 => new ReleaseSession(caller.Session, 1 + (Extra % 3)),
            23 => new ExpireTrash(1 + (Extra % 3)),
            24 => new RemoveSustained(1 + (Extra % 3), 10),
            25 => new RecycleInodes(1 + (Extra % 5)),
            26 or 27 => new PutChunk(Object(shard, A), (uint)(Extra % 3 == 0 ? Extra % 200 : Extra % 3)),
            _ => null,
        };
    }

    private Query QueryFor(Shard shard)
    {
        var caller = CallerFor(shard);
        return (Extra % 3) switch
        {
            0 => new ReadDirectory(Directory(shard, A), ReadDirectoryFlags.WithAttributes, 1 + (uint)(Extra % 4), Extra % 2 == 0 ? 0u : 1u, caller),
            1 => new Lookup(Directory(shard, A), EntryOf(shard, Directory(shard, A), NameA), caller),
            _ => new GetPaths(Object(shard, A), caller),
        };
    }

    private Caller CallerFor(Shard shard) => User switch
    {
        <= 3 => Shard.User(),
        4 => Shard.User(uid: 10, gids: [10, 20], session: 2),
        5 => Shard.User(uid: 11, gids: [20], session: 3),
        6 => Shard.User(uid: 12, gids: [12], session: 4, flags: SessionFlags.IgnoreGid),
        _ => Shard.User(session: 5, root: Directory(shard, B)),
    };

    private static uint Directory(Shard shard, int choice)
    {
        if (choice >= 95)
        {
            return (uint)choice - 90;
        }

        var directories = shard.State.Inodes.All().Where(i => i.Value.IsDirectory).Select(i => i.Key).ToList();
        return directories[choice % directories.Count];
    }

    private static uint Object(Shard shard, int choice)
    {
        if (choice >= 95)
        {
            return (uint)choice - 90;
        }

        var objects = shard.State.Inodes.All().Select(i => i.Key).ToList();
        return objects[choice % objects.Count];
    }

    private static Name EntryOf(Shard shard, uint directory, int choice)
    {
        var names = shard.State.Edges.Range((directory, 0), (directory + 1, 0)).Select(e => e.Value.Name).ToList();
        return names.Count == 0 || choice >= 33 ? new Name(Names[choice % Names.Length]) : names[choice % names.Count];
    }

    /// <summary>Puts a new chunk into a slot of a file, as a write would.</summary>
    private sealed record PutChunk(uint Inode, uint Index) : Command
    {
        public override uint RoutingInode => Inode;

        public override Reply Execute(NamespaceState state, in OperationContext context)
        {
            if (state.Inodes.Get(Inode) is not { IsFile: true } inode)
            {
                return StatusReply.Of(StatusCode.EPerm);
            }

            var id = state.Counters.NextChunk;
            state.Counters = state.Counters with { NextChunk = id + 1, Chunks = state.Counters.Chunks + 1 };
            state.Chunks.Set(id, new Chunk { Version = 1, StorageClass = inode.StorageClass, References = 1 });
            var before = state.Contribution(Inode, inode);
            if (state.ChunkAt(Inode, inode, Index) is not 0 and var replaced)
            {
                state.ReleaseChunk(replaced, inode.StorageClass);
            }

            var changed = state.WithChunkAt(Inode, inode, Index, id) with { Length = Math.Max(inode.Length, Index * FileLength.ChunkSize) };
            state.ReplaceFile(Inode, inode, changed, before);
            return StatusReply.Ok;
        }
    }
}
