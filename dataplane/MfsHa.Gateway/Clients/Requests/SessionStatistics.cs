using MfsHa.Protocol;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>
/// What a session has asked for, by hour, as SESSION_LIST (508) shows it (client-protocol 3.10.2; `mfsmaster/sessions.c: sessions_add_stats`).
/// Counted at the node that it is connected to. Thread-safe; a count at the change of the hour may go to either.
/// </summary>
public sealed class SessionStatistics(TimeProvider clock)
{
    /// <summary>Number of counters.</summary>
    public const int Counters = 28;

    private const int SecondsPerHour = 3600;
    private const byte None = byte.MaxValue;

    private static readonly byte[] CounterByType = MakeCounters();

    private readonly Lock gate = new();
    private uint[] current = new uint[Counters];
    private uint[] last = new uint[Counters];
    private long hour = clock.GetUtcNow().ToUnixTimeSeconds() / SecondsPerHour;

    /// <summary>Counts a request.</summary>
    public void Count(PacketType type)
    {
        if ((uint)type < (uint)CounterByType.Length && CounterByType[(int)type] is not None and var counter)
        {
            Add(counter, 1);
        }
    }

    /// <summary>Adds what a client has told of its own reads, writes and fsyncs (OPDATA).</summary>
    public void Add(uint reads, uint writes, uint fsyncs)
    {
        Add(16, reads);
        Add(17, writes);
        Add(18, fsyncs);
    }

    /// <summary>This and the last hour.</summary>
    public (uint[] Current, uint[] Last) Read()
    {
        lock (gate)
        {
            Turn();
            return ([.. current], [.. last]);
        }
    }

    private void Add(int counter, uint count)
    {
        if (clock.GetUtcNow().ToUnixTimeSeconds() / SecondsPerHour != Volatile.Read(ref hour))
        {
            lock (gate)
            {
                Turn();
            }
        }

        Interlocked.Add(ref current[counter], count);
    }

    private void Turn()
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds() / SecondsPerHour;
        if (now == hour)
        {
            return;
        }

        last = now == hour + 1 ? current : new uint[Counters];
        current = new uint[Counters];
        hour = now;
    }

    private static byte[] MakeCounters()
    {
        (PacketType Type, byte Counter)[] counted =
        [
            (PacketType.StatFs, 0), (PacketType.GetAttributes, 1), (PacketType.SetAttributes, 2), (PacketType.Lookup, 3), (PacketType.PathLookup, 3),
            (PacketType.MakeDirectory, 4), (PacketType.RemoveDirectory, 5), (PacketType.Symlink, 6), (PacketType.ReadLink, 7), (PacketType.MakeNode, 8),
            (PacketType.Unlink, 9), (PacketType.Rename, 10), (PacketType.Link, 11), (PacketType.ReadDirectory, 12), (PacketType.Open, 13),
            (PacketType.ReadChunk, 14), (PacketType.WriteChunk, 15), (PacketType.Snapshot, 19), (PacketType.Truncate, 20), (PacketType.GetXattr, 21),
            (PacketType.SetXattr, 22), (PacketType.GetAcl, 23), (PacketType.SetAcl, 24), (PacketType.Create, 25), (PacketType.Flock, 26),
            (PacketType.PosixLock, 26), (PacketType.GetTrash, 27), (PacketType.GetDetachedAttributes, 27), (PacketType.GetTrashPath, 27),
            (PacketType.SetTrashPath, 27), (PacketType.Undelete, 27), (PacketType.Purge, 27), (PacketType.GetSustained, 27),
        ];
        var counters = new byte[(int)PacketType.SustainedInodes];
        Array.Fill(counters, None);
        foreach (var (type, counter) in counted)
        {
            counters[(int)type] = counter;
        }

        return counters;
    }
}
