using System.Buffers.Binary;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Sharding;

namespace MfsHa.Metadata.State;

/// <content>Answers to other shards.</content>
public sealed partial class NamespaceState
{
    /// <summary>The need to know what a shard remembers of a request.</summary>
    /// <param name="stamp">The request.</param>
    /// <param name="unit">Something that the shard holds.</param>
    public static RecordNeed NeedOfAnswer(Operations.RequestStamp stamp, uint unit) => new(ReplyKind, unit, [.. KeyOf(stamp.Session), .. KeyOf(stamp.Message)]);

    private const byte ReplyKind = 18;
    private const int MaxTreeBytes = 16 << 20;

    /// <summary>The records that are asked for. Generous: with what will be asked for next, so that a transaction takes few rounds. Null when a tree is too large.</summary>
    internal RecordAnswer[]? AnswerNeeds(IReadOnlyCollection<RecordNeed> needs, bool generous)
    {
        var answers = new List<RecordAnswer>();
        foreach (var need in needs)
        {
            if (IsElsewhere(need.Unit))
            {
                throw new InvariantException($"records of inode {need.Unit} are asked of a shard that does not own it");
            }

            if (need.Kind == RecordNeed.Tree)
            {
                if (!AddTree(need.Unit, answers))
                {
                    return null;
                }

                continue;
            }

            if (need.Key is null && Reach is { Locks.Count: > 0, IgnoresLocks: false } reach)
            {
                reach.Locks.CheckRead(need.Unit, 0, LockMode.Shared);
            }

            var table = TableOf(need.Kind);
            answers.Add(table.Answer(need));
            if (generous)
            {
                AddNext(need, answers);
            }
        }

        // Of what was asked for in full and in part, the full answer counts.
        return [.. answers.OrderBy(static a => a.Settled).DistinctBy(static a => (a.Kind, a.Unit, a.Key is null ? "" : Convert.ToHexString(a.Key)))];
    }

    private bool AddTree(uint top, List<RecordAnswer> answers)
    {
        ITable[] tables = [Inodes, Entries, Edges, ExtraLinks, ChunkPages, Acls, Xattrs, XattrSummaries, Totals];
        var open = new Stack<uint>([top]);
        var seen = new HashSet<uint>();
        long bytes = 0;
        while (open.TryPop(out var number))
        {
            if (IsElsewhere(number) || !seen.Add(number))
            {
                continue;
            }

            if (Reach is { Locks.Count: > 0, IgnoresLocks: false } reach)
            {
                reach.Locks.CheckRead(number, 0, LockMode.Shared);
            }

            answers.Add(new RecordAnswer(RecordNeed.Tree, number, null, []));
            foreach (var table in tables)
            {
                var answer = table.Answer(new RecordNeed(table.Kind, number, null));
                bytes += answer.Values.Sum(static v => v.Key.Length + v.Value.Length);
                answers.Add(answer);
            }

            if (seen.Count > RecordNeed.MaxObjects || bytes > MaxTreeBytes)
            {
                return false;
            }

            if (Inodes.Get(number) is { IsDirectory: true })
            {
                foreach (var (_, edge) in Edges.Range((number, 0), (number + 1, 0)))
                {
                    open.Push(edge.Inode);
                }
            }
        }

        return true;
    }

    private static byte[] KeyOf(uint number)
    {
        var key = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(key, number);
        return key;
    }

    private void AddNext(RecordNeed need, List<RecordAnswer> answers)
    {
        if (need.Kind == ((ITable)Entries).Kind && need.Key is not null)
        {
            if (Entries.Get(UInt32NameKey.Read(need.Key)) is not { } entry)
            {
                return;
            }

            Span<byte> edge = stackalloc byte[UInt32UInt64Key.MaxLength];
            UInt32UInt64Key.Write((need.Unit, entry.Edge), edge);
            answers.Add(((ITable)Edges).Answer(new RecordNeed(((ITable)Edges).Kind, need.Unit, edge.ToArray())));
            if (!IsElsewhere(entry.Inode) && Reach?.Locks.WhoDenies(new UnitLock(entry.Inode, LockMode.Shared)) is null)
            {
                AddObject(entry.Inode, settled: false, answers);
            }
        }
        else if (need.Kind == ((ITable)Inodes).Kind)
        {
            AddObject(need.Unit, need.Settled, answers);
        }
    }

    private void AddObject(uint number, bool settled, List<RecordAnswer> answers)
    {
        answers.Add(((ITable)Inodes).Answer(new RecordNeed(((ITable)Inodes).Kind, number, KeyOf(number)) { Settled = settled }));
        if ((settled ? Inodes.GetSettled(number) : Inodes.Get(number)) is not { } inode)
        {
            return;
        }

        if (inode.IsDirectory)
        {
            answers.Add(((ITable)Totals).Answer(new RecordNeed(((ITable)Totals).Kind, number, KeyOf(number))));
        }
        else if (inode.LinkCount > 1)
        {
            answers.Add(((ITable)ExtraLinks).Answer(new RecordNeed(((ITable)ExtraLinks).Kind, number, null)));
        }

        if (inode.HasAccessAcl || inode.HasDefaultAcl)
        {
            foreach (var type in new[] { Protocol.AclType.Access, Protocol.AclType.Default })
            {
                byte[] key = [.. KeyOf(number), .. KeyOf((uint)type)];
                answers.Add(((ITable)Acls).Answer(new RecordNeed(((ITable)Acls).Kind, number, key)));
            }
        }
    }
}
