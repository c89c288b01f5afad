using System.IO.Hashing;
using System.Text;
using MemoryPack;
using MfsHa.Consensus;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>
/// Several shards, a network that loses, delays and repeats, leaders that die, clients that repeat what was not answered: all of it driven by one seed on one
/// thread. Every command is executed on one ordinary shard, too, in the order of the commit points, and must answer there as it did here; every query must
/// answer what that shard could have said between its call and its answer.
/// </summary>
internal sealed partial class Simulation
{
    public const uint Begin = 1_700_000_000;

    /// <summary>Every so many seeds are wide.</summary>
    public const int WideEvery = 7;

    /// <summary>Every so many seeds are sluggish.</summary>
    public const int SluggishEvery = 3;

    private const int LostPercent = 4;
    private const int RepeatedPercent = 4;
    private readonly PriorityQueue<Action, (long Time, long Order)> events = new();
    private readonly Reference reference = new();
    private readonly SimulatedShard[] shards;
    private readonly List<string> history = [];
    private readonly int thread = Environment.CurrentManagedThreadId;
    private long order;
    private bool faulty = true;
    private Exception? failure;

    /// <summary>Cuts that were compared with the reference, cuts made of held shards, and in how many of both something was half done.</summary>
    public (int Still, int Held, int HalfDone) Cuts { get; private set; }

    public Simulation(int seed, ushort count, Func<Simulation, ushort, ushort, SimulatedShard>? variant = null)
    {
        Random = new Random(seed);
        IsWide = seed % WideEvery == 0;
        IsSluggish = seed % SluggishEvery == 0;
        shards = [.. Enumerable.Range(0, count).Select(i => (variant ?? ((s, n, c) => new SimulatedShard(s, n, c)))(this, (ushort)i, count))];
        foreach (var shard in shards)
        {
            shard.Start();
        }
    }

    public Random Random { get; }

    public long Now { get; private set; } = 1000;

    public uint Seconds => (uint)(Begin + (Now / 1000));

    /// <summary>Whether clients do everything, or only what happens all the time: snapshots and changes in all shards take long, and most seeds do without.</summary>
    public bool IsWide { get; }

    /// <summary>Whether some decisions take longer than participants have patience, and what shards tell each other of loans often comes again, late.</summary>
    public bool IsSluggish { get; }

    /// <summary>What clients wait for, by session.</summary>
    public Dictionary<uint, string> Waiting { get; } = [];

    /// <summary>What has happened, for a failure's message.</summary>
    public IReadOnlyList<string> History => history;

    /// <summary>What has happened from the first moment on, as a number: two runs of a seed have the same.</summary>
    public ulong Fingerprint { get; private set; }

    public void At(int milliseconds, Action action)
    {
        if (Environment.CurrentManagedThreadId != thread)
        {
            throw new InvalidOperationException("something goes on beside the simulation's thread: a seed would not replay");
        }

        events.Enqueue(action, (Now + milliseconds, order++));
    }

    public void Fail(Exception e) => failure ??= e;

    public void Committed(Command command, Reply answer, uint now, CommitView view)
    {
        Note($"commit {command} => {Describe(answer)}");
        reference.Commit(command, answer, now, view);
    }

    /// <summary>Another shard than the coordinator has refused a command; what that shard knew may have changed since.</summary>
    public void Refused(RequestStamp stamp, Reply answer)
    {
        Note($"{stamp.Session}: {stamp.Request:X} is refused with {Describe(answer)}");
        reference.Refuse(stamp, answer);
    }

    public void Replayed(RequestStamp stamp, ulong first)
    {
        Note($"{stamp.Session}: {stamp.Request:X} gets the answer to {first:X}");
        reference.Replay(stamp, first);
    }

    /// <summary>Runs clients with so many operations each, then lets everything come to rest and looks at all of it.</summary>
    /// <param name="clients">How many.</param>
    /// <param name="operations">Of each.</param>
    /// <param name="settles">False: cuts are taken as they are, without <see cref="CutSettlement"/>.</param>
    public void Run(int clients, int operations, bool settles = true)
    {
        var active = clients;
        for (var client = 1; client <= clients; client++)
        {
            _ = new SimulatedClient(this, reference, (uint)client).RunAsync(operations, () => active--, shards.Length);
        }

        ScheduleCrash();
        ScheduleCut(settles);
        Drain(() => active == 0, 600_000, "clients wait for answers");
        faulty = false;
        Drain(() => shards.All(static s => s.IsUp && SimulationAudit.IsAtRest(s.State)), 60_000, "transactions are left over");
        SimulationAudit.Check([.. shards.Select(static s => s.State)], reference);
        if (reference.State.HasQuotas)
        {
            CheckQuotas((uint)clients + 1);
        }
    }

    // When all have heard of everything, a quota refuses exactly what it refuses in one shard: asked in every directory, one after the other.
    private void CheckQuotas(uint session)
    {
        const int Hearing = 5_000;
        reference.QuotasAreKnown = true;
        var client = new SimulatedClient(this, reference, session);
        foreach (var directory in reference.Directories)
        {
            var heard = false;
            At(Hearing, () => heard = true);
            Drain(() => heard && shards.All(static s => SimulationAudit.IsAtRest(s.State)), 60_000, "transactions are left over");
            var made = client.MakeAsync(directory, new Metadata.Kernel.Name("probe"), shards.Length);
            Drain(() => made.IsCompleted, 60_000, "a client waits for an answer");
            made.GetAwaiter().GetResult();
        }
    }

    /// <summary>A call as the router makes it: repeated until it is answered; nobody hears of it when the caller has died.</summary>
    public Task<Reply> CallAsync(ushort target, Operation operation, Func<bool> isAlive)
    {
        var source = new TaskCompletionSource<Reply>();
        var bytes = MemoryPackSerializer.Serialize(operation);
        Send();
        return source.Task;

        void Send()
        {
            if (source.Task.IsCompleted || !isAlive())
            {
                return;
            }

            if (!Chance(LostPercent))
            {
                At(Random.Next(0, 4), Deliver);
            }

            if (Chance(IsSluggish && operation is TakeLoanNews ? 50 : RepeatedPercent))
            {
                At(Random.Next(1, 3000), Deliver);
            }

            At(Random.Next(150, 400), Send);
        }

        void Deliver()
        {
            if (!shards[target].IsUp)
            {
                return;
            }

            _ = AnswerAsync();
        }

        async Task AnswerAsync()
        {
            Reply reply;
            try
            {
                reply = await shards[target].ServeAsync(MemoryPackSerializer.Deserialize<Operation>(bytes)!);
            }
            catch (TimeoutException)
            {
                return;
            }
            catch (Exception e)
            {
                Fail(e);
                return;
            }

            if (!Chance(LostPercent))
            {
                At(Random.Next(0, 4), () =>
                {
                    if (isAlive())
                    {
                        source.TrySetResult(MemoryPackSerializer.Deserialize<Reply>(MemoryPackSerializer.Serialize(reply))!);
                    }
                });
            }
        }
    }

    public void Note(string line)
    {
        line = Dull().Replace(line, "");
        history.Add($"{Now,7} {line}");
        Fingerprint = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(history[^1]), (long)Fingerprint);
        if (history.Count > 400)
        {
            history.RemoveRange(0, 100);
        }
    }

    public static string Describe(Reply reply) => reply is StatusReply ? $"{reply.Status}" : $"{reply}";

    [System.Text.RegularExpressions.GeneratedRegex("StaysInShard.*?Request = |Digest.*?KnownPaths = , |, Caller = .*?KnowsFlags = True }|Attributes = .*?Type|AccessTime.*?LinkCount|, Length = [0-9]+, Device.*")]
    private static partial System.Text.RegularExpressions.Regex Dull();

    private bool Chance(int percent) => faulty && Random.Next(100) < percent;

    private void ScheduleCrash() => At(Random.Next(30, 1500), () =>
    {
        if (faulty)
        {
            var victim = shards[Random.Next(shards.Length)];
            if (victim.IsUp)
            {
                Note($"crash of the leader of shard {victim.Number}");
                victim.Crash();
            }

            ScheduleCrash();
        }
    });

    // All shards at one moment are what the reference is at that moment; shards that were held together need not have been as they are in the cut at any moment of this clock, but
    // they are whole.
    private void ScheduleCut(bool settles) => At(Random.Next(100, 3000), () =>
    {
        if (!faulty)
        {
            return;
        }

        try
        {
            var still = SimulatedCut.Take([.. shards.Select(static s => s.StateAt(s.LogLength))], settles);
            SimulationAudit.Check(still.Shards, reference, totals: false);
            Cuts = (Cuts.Still + 1, Cuts.Held, Cuts.HalfDone + still.HalfDone);
        }
        catch (Exception e)
        {
            Fail(e);
        }

        int[] lives = [.. shards.Select(static s => s.Fence.Life)];
        foreach (var shard in shards)
        {
            At(Random.Next(0, 4), () => shard.Fence.Hold(shard.LogLength));
            At(Random.Next(4, 8), shard.Fence.Release);
        }

        At(40, () =>
        {
            if (shards.Select(static s => s.Fence.Life).SequenceEqual(lives) && Array.TrueForAll(shards, static s => s.Fence.Mark is not null))
            {
                try
                {
                    var held = SimulatedCut.Take([.. shards.Select(static s => s.StateAt(s.Fence.Mark!.Value))], settles);
                    Cuts = (Cuts.Still, Cuts.Held + 1, Cuts.HalfDone + held.HalfDone);
                }
                catch (Exception e)
                {
                    Fail(e);
                }
            }

            ScheduleCut(settles);
        });
    });

    private void Drain(Func<bool> isDone, int limit, string waiting)
    {
        var end = Now + limit;
        while (!isDone())
        {
            if (failure is not null)
            {
                throw new InvalidOperationException($"at {Now} ms: {failure.Message}", failure);
            }

            if (!events.TryDequeue(out var action, out var place) || place.Time > end)
            {
                throw new InvalidOperationException($"{waiting} after {limit} ms: {string.Join("; ", Waiting.Select(static w => $"{w.Key}: {w.Value}"))}");
            }

            Now = Math.Max(Now, place.Time);
            action();
        }

        if (failure is not null)
        {
            throw new InvalidOperationException($"at {Now} ms: {failure.Message}", failure);
        }
    }
}
