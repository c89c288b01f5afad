using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
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

    private async Task OrderAsync(int shards)
    {
        var chosen = Choose(shards);
        var isRepetition = Random(5) == 0;
        if (isRepetition)
        {
            await LoseConnectionAsync(chosen with { Stamp = NextStamp(chosen, mayRepeat: false) }, shards);
        }

        var command = chosen with { Stamp = NextStamp(chosen, isRepetition) };
        var reply = await simulation.CallAsync(ShardLayout.ShardOf(command.RoutingInode, shards), command, static () => true);
        simulation.Note($"answer to {session}: {command} => {Simulation.Describe(reply)}");
        reference.CheckAnswer(command, reply);
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
        var digest = command.ToString().Aggregate(0UL, static (sum, c) => (sum * 31) + c);
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

    private Command Choose(int shards) => Random(16) switch
    {
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

    private int Random(int limit) => simulation.Random.Next(limit);

    private Name Name() => new(Names[Random(Names.Length)]);

    private uint Directory() => Pick(i => i.IsDirectory);

    private uint Any() => Pick(static _ => true);

    // Mostly what exists, sometimes what is gone.
    private uint Pick(Func<Metadata.State.Inode, bool> wanted)
    {
        var all = reference.Numbers;
        var living = all.Where(n => reference.State.Inodes.Get(reference.Of(n)) is { } inode && wanted(inode)).ToList();
        return Random(20) == 0 ? all.ElementAt(Random(all.Count)) : living[Random(living.Count)];
    }
}
