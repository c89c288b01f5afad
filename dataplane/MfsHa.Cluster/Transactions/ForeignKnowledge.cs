using MfsHa.Metadata.Sharding;

namespace MfsHa.Cluster.Transactions;

/// <summary>What a coordinator has heard from other shards while it finds out what an operation takes.</summary>
internal sealed class ForeignKnowledge(ShardLayout layout)
{
    private readonly SortedDictionary<ushort, Dictionary<(byte Kind, uint Unit, string Key), RecordAnswer>> answers = [];
    private readonly SortedDictionary<ushort, uint> standIns = [];

    /// <summary>Shards that have to give a number for a new inode.</summary>
    public IReadOnlyCollection<ushort> StandIns => standIns.Keys;

    /// <summary>Everything, as an operation wants it.</summary>
    public IReadOnlyCollection<ShardRecords> All =>
    [
        .. answers.Keys.Concat(standIns.Keys).Distinct().Select(s => new ShardRecords(
            s, answers.TryGetValue(s, out var known) ? [.. known.Values] : [], [], standIns.GetValueOrDefault(s), 0)),
    ];

    /// <summary>What has been asked or told.</summary>
    public IReadOnlyCollection<RecordNeed> Needs => [.. answers.Keys.SelectMany(NeedsOf)];

    public IEnumerable<RecordNeed> NeedsOf(ushort shard) =>
        answers.TryGetValue(shard, out var known) ? known.Values.Select(static a => new RecordNeed(a.Kind, a.Unit, a.Key)) : [];

    public void StandIn(ushort shard) => standIns[shard] = ShardLayout.StandIn(shard, layout.Count);

    public bool IsStandIn(uint unit) => standIns.ContainsValue(unit);

    public void Add(ushort shard, IEnumerable<RecordAnswer> told)
    {
        if (!answers.TryGetValue(shard, out var known))
        {
            answers.Add(shard, known = []);
        }

        foreach (var answer in told)
        {
            known[IdOf(answer)] = answer;
        }
    }

    /// <summary>True when everything that the other one says is said here in the same words.</summary>
    public bool Says(ForeignKnowledge other) => other.answers.All(o => answers.TryGetValue(o.Key, out var mine)
        && o.Value.All(a => mine.TryGetValue(a.Key, out var answer) && AreEqual(a.Value.Values, answer.Values)));

    private static (byte Kind, uint Unit, string Key) IdOf(RecordAnswer answer) =>
        (answer.Kind, answer.Unit, answer.Key is null ? "" : Convert.ToHexString(answer.Key));

    private static bool AreEqual(KeyedValue[] a, KeyedValue[] b) =>
        a.Length == b.Length && a.Zip(b).All(static p => p.First.Key.AsSpan().SequenceEqual(p.Second.Key) && p.First.Value.AsSpan().SequenceEqual(p.Second.Value));
}
