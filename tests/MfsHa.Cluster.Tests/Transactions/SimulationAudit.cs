using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using Xunit;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>What must be true of all shards together when nothing is under way. Totals lag behind, so they are compared at rest only.</summary>
internal static class SimulationAudit
{
    public static bool IsAtRest(NamespaceState state) => state.TransactionRecords == 0;

    public static void Check(NamespaceState[] shards, Reference reference, bool totals = true)
    {
        var one = reference.State;
        Assert.Equal(
            one.Inodes.All().Select(i => $"{i.Key}: {Text(i.Value, i.Value.Parent)} {(totals ? one.Totals.Get(i.Key) : null)}").Order(),
            shards.SelectMany(s => s.Inodes.All().Select(i => $"{reference.Of(i.Key)}: {Text(i.Value, Map(reference, i.Value.Parent))} {(totals ? Own(s, i.Key) : null)}")).Order());
        Assert.Equal(
            one.Entries.All().Select(e => $"{e.Key.Directory}/{e.Key.Name}={e.Value.Inode}").Order(),
            shards.SelectMany(s => s.Entries.All().Select(e => $"{reference.Of(e.Key.Directory)}/{e.Key.Name}={reference.Of(e.Value.Inode)}")).Order());
        Assert.Equal(
            shards.SelectMany(s => s.Entries.All().Select(e => (e.Key.Directory, e.Value.Edge, e.Key.Name.ToString(), e.Value.Inode))).Order(),
            shards.SelectMany(s => s.Edges.All().Select(e => (e.Key.Directory, e.Key.Edge, e.Value.Name.ToString(), e.Value.Inode))).Order());
        Assert.Equal(
            one.Inodes.All().SelectMany(i => one.LinksOf(i.Key, i.Value).Select(l => (i.Key, l.Parent))).Order(),
            shards.SelectMany(s => s.Inodes.All().SelectMany(i => s.LinksOf(i.Key, i.Value).Select(l => (reference.Of(i.Key), reference.Of(l.Parent))))).Order());
        Assert.Equal(one.Detached.All().Select(d => d.Key).Order(), shards.SelectMany(s => s.Detached.All().Select(d => reference.Of(d.Key))).Order());
        LoanAudit.Check(shards, reference, isAtRest: totals);
        Assert.All(shards, s => Assert.Equal(one.AllStorageClasses().Select(Text).Order(), s.AllStorageClasses().Select(Text).Order()));
        Assert.All(shards, s => Assert.Equal(one.NamePatterns.Patterns, s.NamePatterns.Patterns));
        Assert.Equal(
            one.Quotas.All().Select(static q => $"{q.Key} {q.Value}").Order(),
            shards.SelectMany(s => s.Quotas.All().Select(q => $"{reference.Of(q.Key)} {q.Value}")).Order());
        Assert.Equal(
            one.AllStorageClasses().Select(c => $"{c.Name} {one.ClassUsages.Get(c.Id) ?? ClassUsage.None}").Order(),
            shards[0].AllStorageClasses().Select(c => $"{c.Name} {Sum(shards.Select(s => s.ClassUsages.Get(c.Id) ?? ClassUsage.None))}").Order());
        Assert.Equal(
            (one.Counters.Inodes, one.Counters.Directories, one.Counters.Files, one.Counters.TrashFiles, one.Counters.TrashLength),
            (Sum(shards, c => c.Inodes), Sum(shards, c => c.Directories), Sum(shards, c => c.Files), Sum(shards, c => c.TrashFiles), Sum(shards, c => c.TrashLength)));
    }

    // Which of several links counts as the first one is no matter.
    private static string Text(Inode inode, uint parent) =>
        $"{inode.Type} {inode.Mode:X} {inode.LinkCount} {inode.Entries} {inode.Length} {(inode.IsDirectory ? parent : 0)} {inode.StorageClass} {inode.TrashHours} {inode.ExtraAttributes}";

    private static string Text(StorageClassRecord record) => $"{record.Id} {record.Name} {record.Keep.Labels.Length}";

    private static ClassUsage Sum(IEnumerable<ClassUsage> usages) => usages.Aggregate(ClassUsage.None, static (a, b) => new ClassUsage(a.Files + b.Files, a.Directories + b.Directories));

    private static uint Map(Reference reference, uint number) => number == 0 ? 0 : reference.Of(number);

    private static SubtreeTotals? Own(NamespaceState state, uint number) => state.Inodes.Get(number)!.IsDirectory ? state.Totals.Get(number) : null;

    private static long Sum(NamespaceState[] shards, Func<Counters, long> counter) => shards.Sum(s => counter(s.Counters));
}
