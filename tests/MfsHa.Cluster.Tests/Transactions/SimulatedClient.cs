using MemoryPack;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Patterns;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>One client thread: asks one thing after the other, few names in few directories, so that clients get in each other's way.</summary>
internal sealed class SimulatedClient(Simulation simulation, Reference reference, uint session)
{
    private static readonly string[] Names = ["a", "b", "c"];
    private readonly Caller caller = new()
    {
        Session = session,
        Uid = 0,
        Gids = [0],
        OriginalUid = 0,
        OriginalGid = 0,
        RootInode = 1,
        SessionFlags = 0,
    };

    private ulong requests;

    public async Task RunAsync(int operations, Action done, int shards)
    {
        try
        {
            for (var i = 0; i < operations; i++)
            {
                if (simulation.Random.Next(4) == 0)
                {
                    await AskAsync(shards);
                }
                else if (simulation.IsWide && Random(6) == 0)
                {
                    await WriteAsync(File(), (uint)Random(3), shards);
                }
                else
                {
                    await OrderAsync(shards);
                }
            }
        }
        catch (Exception e)
        {
            simulation.Fail(e);
        }

        done();
    }

    /// <summary>Makes a file.</summary>
    public Task MakeAsync(uint directory, Name name, int shards) =>
        OrderAsync(new MakeNode(directory, name, NodeType.File, 0x1FF, 0, 0, caller), isRepetition: false, shards);

    private Task<Reply> OrderAsync(int shards)
    {
        var chosen = Choose(shards);
        return OrderAsync(chosen, Random(5) == 0, shards);
    }

    // As the chunk supervisor does it: what is borrowed from another shard may be locked there.
    private async Task WriteAsync(uint inode, uint index, int shards)
    {
        var slot = await simulation.CallAsync(ShardLayout.ShardOf(inode, shards), new ChunkOfFile(inode, index), static () => true);
        if (slot is not ChunkReply { Chunk: var chunk } || chunk?.Record.IsLocked(simulation.Seconds) == true)
        {
            return;
        }

        var write = new BeginWrite
        {
            Inode = inode,
            Index = index,
            Flags = ChunkOperationFlags.None,
            Caller = caller,
            SeenChunk = chunk?.Id ?? 0,
            SeenVersion = chunk?.Record.Version ?? 0,
            Copies = SeenCopies.Good,
        };
        if (await OrderAsync(write, Random(5) == 0, shards) is ChunkWorkReply work)
        {
            await OrderAsync(new EndWrite(work.Chunk, inode, index, ((ulong)index << 26) + (ulong)Random(1000), ChunkOperationFlags.None, caller), Random(5) == 0, shards);
        }
    }

    private async Task<Reply> OrderAsync(Command chosen, bool isRepetition, int shards)
    {
        if (isRepetition)
        {
            await LoseConnectionAsync(chosen with { Stamp = NextStamp(chosen, mayRepeat: false) }, shards);
        }

        var command = chosen with { Stamp = NextStamp(chosen, isRepetition) };
        simulation.Waiting[session] = $"{command}";
        var reply = await simulation.CallAsync(ShardLayout.ShardOf(command.RoutingInode, shards), command, static () => true);
        simulation.Waiting.Remove(session);
        simulation.Note($"answer to {session}: {command} => {Simulation.Describe(reply)}");
        reference.CheckAnswer(command, reply);
        return reply;
    }

    // Whether it was executed the client never learns; it repeats it over its next connection.
    private Task LoseConnectionAsync(Command command, int shards)
    {
        var isConnected = true;
        _ = simulation.CallAsync(ShardLayout.ShardOf(command.RoutingInode, shards), command, () => isConnected);
        var lost = new TaskCompletionSource();
        simulation.At(Random(60), () =>
        {
            isConnected = false;
            requests = ((requests >> 32) + 1) << 32;
            lost.SetResult();
        });
        return lost.Task;
    }

    private RequestStamp NextStamp(Command command, bool mayRepeat)
    {
        // Any function of what is asked will do, if it is the same in every run of a seed.
        var digest = MemoryPackSerializer.Serialize<Operation>(command with { Stamp = null }).Aggregate(0UL, static (sum, c) => (sum * 31) + c);
        return new RequestStamp(session, 1, ++requests, digest, mayRepeat);
    }

    private async Task AskAsync(int shards)
    {
        var query = Random(3) switch
        {
            0 => (Query)new Lookup(Directory(), Name(), caller),
            1 => new ReadDirectory(Directory(), ReadDirectoryFlags.WithAttributes, 100, 0, caller),
            _ => new GetAttributes(Any(), Opened: false, caller),
        };
        var key = reference.BeginQuestion(query);
        var reply = await simulation.CallAsync(ShardLayout.ShardOf(query.RoutingInode, shards), query, static () => true);
        reference.EndQuestion(key, reply);
    }

    private Command Choose(int shards) => Random(simulation.IsWide ? 30 : 16) switch
    {
        16 or 17 => new MakeSnapshot
        {
            Source = Small(), Parent = Directory(), Name = Name(), Modes = (SnapshotModes)(Random(2) | (Random(2) << 1) | (Random(2) << 3)), Umask = 0, Caller = caller,
        },
        18 => new RemoveSnapshot(Directory(), Name(), SnapshotModes.Delete | (Random(2) == 0 ? SnapshotModes.None : SnapshotModes.ForceRemoval), caller),
        19 => new UndeleteFile(Trashed(), caller with { RootInode = 0 }),
        20 => new RecoverFromTrash(Trashed(), Directory(), [.. Name().Span, (byte)'/', .. Name().Span], 0, CopySgid: false, caller),
        21 or 26 or 27 => new AppendSlice { Flags = (AppendSliceFlags)Random(4), Inode = File(), Source = File(), From = (uint)Random(2), To = (uint)Random(4), Caller = caller },
        22 => ChooseClass(),
        23 => new SetStorageClass { Inode = Any(), Modes = SetModes.Set, NewName = Random(2) == 0 ? Name() : new Name("2"), Caller = caller },
        24 or 25 => ChoosePattern(),
        28 => new SetLength(File(), TruncateFlags.None, (ulong)Random(2) << 26, IsCut: false, caller),
        29 => ChooseQuota(),
        0 or 1 or 2 => new MakeDirectory(Directory(), Name(), 0x1FF, 0, CopySgid: false, caller) { Home = (ushort)Random(shards) },
        3 => new MakeNode(Directory(), Name(), NodeType.File, 0x1FF, 0, 0, caller),
        4 => new CreateFile(Directory(), Name(), 0x1FF, 0, caller),
        5 or 6 => new RemoveFile(Directory(), Name(), caller),
        7 => new RemoveDirectory(Directory(), Name(), caller),
        8 => new MakeLink(Any(), Directory(), Name(), caller),
        9 => new SetAttributes { Inode = Any(), Caller = caller, Changes = SetAttributesMask.Mode, Mode = (ushort)Random(0x200) },
        10 => new SetLength(Any(), TruncateFlags.None, (ulong)Random(1000), IsCut: false, caller),
        _ => new Rename(Directory(), Name(), Directory(), Name(), (RenameMode)Random(3), caller),
    };

    private Command ChooseClass() => Random(4) switch
    {
        0 => new DeleteStorageClass(Name(), Administrator),
        1 => new RenameStorageClass(Name(), Name(), Administrator),
        2 => new DuplicateStorageClass(Random(2) == 0 ? Name() : new Name("2"), Name(), Administrator),
        _ => new CreateStorageClass(new StorageClassRecord { Id = 0, Name = Name(), Keep = StorageMode.Copies((byte)(1 + Random(3))) }, Administrator),
    };

    private Command ChoosePattern()
    {
        var glob = Random(4) == 0 ? new Name("*") : Name();
        return Random(3) == 0
            ? new DeletePattern(glob, NamePattern.Anybody, NamePattern.Anybody, Administrator)
            : new AddPattern(
                new NamePattern(
                    glob, NamePattern.Anybody, NamePattern.Anybody, (byte)Random(3), (PatternSettings)(1 + Random(7)), 0, (ushort)Random(2), ExtraAttributes.NoDataCache, ExtraAttributes.NoAttributeCache),
                Random(2) == 0 ? Name() : new Name("2"),
                Administrator);
    }

    private SetQuota ChooseQuota() => new()
    {
        Inode = Directory(),
        Flags = Random(2) == 0 ? QuotaFlags.HardInodes : QuotaFlags.HardLength,
        Removes = Random(2) == 0,
        Hard = new QuotaAmounts((uint)Random(30), (ulong)Random(5000), 0, 0),
        Caller = Administrator,
    };

    private Caller Administrator => caller with { SessionFlags = SessionFlags.Admin };

    private int Random(int limit) => simulation.Random.Next(limit);

    private Name Name() => new(Names[Random(Names.Length)]);

    private uint Directory() => Pick(i => i.IsDirectory);

    private uint File() => Pick(static i => i.IsFile);

    private uint Any() => Pick(static _ => true);

    // Snapshots of snapshots would soon be all there is.
    private uint Small()
    {
        const int MostObjects = 8;
        var number = Any();
        return reference.State.Totals.Get(reference.Of(number)) is { Inodes: > MostObjects } ? Pick(static i => !i.IsDirectory) : number;
    }

    private uint Trashed() => Pick(static i => i.IsDetached);

    // Mostly what exists, sometimes what is gone.
    private uint Pick(Func<Metadata.State.Inode, bool> wanted)
    {
        var all = reference.Numbers;
        var living = all.Where(n => reference.State.Inodes.Get(reference.Of(n)) is { } inode && wanted(inode)).ToList();
        return living.Count == 0 || Random(20) == 0 ? all.ElementAt(Random(all.Count)) : living[Random(living.Count)];
    }
}
