using MfsHa.Metadata.Sharding;

namespace MfsHa.Cluster.Transactions;

/// <summary>What a coordinator has heard from other shards while it finds out what an operation takes.</summary>
internal sealed class ForeignKnowledge(ShardLayout layout)
{
    private readonly SortedDictionary<ushort, Dictionary<(byte Kind, uint Unit, string Key), RecordAnswer>> answers = [];
    private readonly SortedDictionary<ushort, uint[]> standIns = [];
    private readonly HashSet<uint> allStandIns = [];
    private readonly HashSet<uint> tops = [];
    private readonly HashSet<uint> inTrees = [];

    /// <summary>Shards that have to give numbers for new inodes, and how many.</summary>
    public IEnumerable<(ushort Shard, int Count)> StandIns => standIns.Select(static s => (s.Key, s.Value.Length));

    /// <summary>Everything, as an operation wants it.</summary>
    public IReadOnlyCollection<ShardRecords> All =>
    [
        .. answers.Keys.Concat(standIns.Keys).Distinct().Select(s =>
        {
            var fresh = standIns.GetValueOrDefault(s, []);
            return new ShardRecords(s, answers.TryGetValue(s, out var known) ? [.. known.Values] : [], [], fresh.FirstOrDefault(), 0) { MoreFresh = [.. fresh.Skip(1)] };
        }),
    ];

    /// <summary>What has been asked or told.</summary>
    public IReadOnlyCollection<RecordNeed> Needs => [.. answers.Keys.SelectMany(NeedsOf)];

    /// <summary>The same of one shard. A tree is asked for as a whole.</summary>
    public IEnumerable<RecordNeed> NeedsOf(ushort shard) => answers.TryGetValue(shard, out var known)
        ? known.Values.Where(a => a.Kind == RecordNeed.Tree ? tops.Contains(a.Unit) : !inTrees.Contains(a.Unit)).Select(static a => new RecordNeed(a.Kind, a.Unit, a.Key) { Settled = a.Settled })
        : [];

    /// <summary>So many numbers for new inodes are needed in a shard.</summary>
    public void StandIn(ushort shard, int count)
    {
        standIns[shard] = [.. Enumerable.Range(0, Math.Min(count, RecordNeed.MaxObjects)).Select(i => ShardLayout.StandIn(shard, layout.Count, (ushort)i))];
        allStandIns.UnionWith(standIns[shard]);
    }

    public bool IsStandIn(uint unit) => allStandIns.Contains(unit);

    public void Add(ushort shard, IEnumerable<RecordNeed> asked, IReadOnlyCollection<RecordAnswer> told)
    {
        if (!answers.TryGetValue(shard, out var known))
        {
            answers.Add(shard, known = []);
        }

        tops.UnionWith(asked.Where(static n => n.Kind == RecordNeed.Tree).Select(static n => n.Unit));
        inTrees.UnionWith(told.Where(static a => a.Kind == RecordNeed.Tree).Select(static a => a.Unit));
        foreach (var answer in told)
        {
            // What was told in full is not replaced by a part of it.
            if (!answer.Settled || !known.TryGetValue(IdOf(answer), out var before) || before.Settled)
            {
                known[IdOf(answer)] = answer;
            }
        }
    }

    /// <summary>True when everything that the other one says is said here in the same words.</summary>
    public bool Says(ForeignKnowledge other) => other.answers.All(o => answers.TryGetValue(o.Key, out var mine)
        && o.Value.All(a => mine.TryGetValue(a.Key, out var answer) && a.Value.Settled == answer.Settled && AreEqual(a.Value.Values, answer.Values)));

    private static (byte Kind, uint Unit, string Key) IdOf(RecordAnswer answer) =>
        (answer.Kind, answer.Unit, answer.Key is null ? "" : Convert.ToHexString(answer.Key));

    private static bool AreEqual(KeyedValue[] a, KeyedValue[] b) =>
        a.Length == b.Length && a.Zip(b).All(static p => p.First.Key.AsSpan().SequenceEqual(p.Second.Key) && p.First.Value.AsSpan().SequenceEqual(p.Second.Value));
}
