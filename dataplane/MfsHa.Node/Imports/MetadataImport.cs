using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.MetadataFile;
using MfsHa.MetadataFile.Changelogs;
using MfsHa.Node.Configuration;
using MfsHa.NodeLink;
using MfsHa.Storage.RaftLog;
using MfsHa.Storage.State;

namespace MfsHa.Node.Imports;

/// <summary>
/// Makes a cluster of one node out of a metadata.mfs, in an empty data directory and without serving anybody. Other nodes are added to it afterwards and get the state
/// from it as every new member does, so all of them have the same one.
/// </summary>
internal sealed class MetadataImport(NodeConfiguration node, ImportMeter meter, TimeProvider clock)
{
    private const string Scratch = "scratch";
    private const int LeastSortMemory = 4 << 20;
    private const int MostSortMemory = 48 << 20;

    // Five kinds of notes, sorted copies and RocksDB's part: a sixth of what there is (in a container: what it may have) altogether.
    private const int PartOfMemory = 32;

    private static int SortMemory => (int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / PartOfMemory, LeastSortMemory, MostSortMemory);

    private const int HotEntries = 1 << 16;
    private const long FirstIndex = 1;
    private const long FirstTerm = 1;

    /// <summary>Reads the file; the data directory is whole afterwards, or as it was.</summary>
    /// <param name="file">The metadata.mfs.</param>
    /// <param name="changelogs">What is newer than the file.</param>
    /// <param name="isRestore">True when it is a backup of a cluster that went on after it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="MetadataFileException">The file is damaged, or of a version that cannot be read.</exception>
    /// <exception cref="IOException">The data directory is not empty, or cannot be written.</exception>
    public async Task<(MetadataReport Report, ulong MetaId)> RunAsync(Stream file, IReadOnlyList<ChangelogFile> changelogs, bool isRestore, CancellationToken cancellation)
    {
        using var directory = NewDataDirectory.Begin(node.DataPath);
        var self = new NodeId((ushort)node.NodeId);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var mark = new RaftLogMark(FirstIndex, FirstTerm, now * 1000);
        var member = await LogSeed.WriteAsync(directory.Path, self, [GroupNumbers.System, .. Enumerable.Range(0, node.ShardCount).Select(GroupNumbers.OfShard)], mark, clock).ConfigureAwait(false);
        var cluster = Guid.NewGuid();
        var (report, metaId) = ReadState(directory.Path, file, member, cluster, Options(changelogs, (uint)now, isRestore), cancellation);
        var instance = Guid.NewGuid();
        new IdentityFile(directory.Path).Store(new NodeIdentity(self, instance, member.Incarnation, cluster, [new Founder(self, instance, member.Incarnation)]));
        directory.Complete();
        return (report, metaId);
    }

    private ImportOptions Options(IReadOnlyList<ChangelogFile> changelogs, uint now, bool isRestore) => new(now, isRestore)
    {
        Changelogs = changelogs,
        KeepsEmptyFilesInTrash = node.FileSystem.KeepEmptyFilesInTrash,
        Meter = meter,
    };

    private (MetadataReport Report, ulong MetaId) ReadState(string directory, Stream file, NodeEndPoint member, Guid cluster, ImportOptions options, CancellationToken cancellation)
    {
        using var store = StateStore.Open(ClusterHost.StateDirectory(directory), new StateStoreOptions());
        using var systemStore = new GroupStore(store, GroupNumbers.System);
        GroupStore[] shardStores = [.. Enumerable.Range(0, node.ShardCount).Select(s => new GroupStore(store, GroupNumbers.OfShard(s)))];
        try
        {
            var system = new SystemState(systemStore);
            NamespaceState[] shards = [.. shardStores.Select(static s => new NamespaceState(s, s.Group, HotEntries))];
            var places = new ImportPlaces(shards, shardStores[0], system, new FileScratch(Path.Combine(directory, Scratch))) { SortMemory = SortMemory };
            var report = MetadataFileReader.Read(file, places, metaId => Form(metaId, member, cluster), options, cancellation);
            store.Flush();
            return (report, system.Cluster!.MetaId);
        }
        finally
        {
            Array.ForEach(shardStores, static s => s.Dispose());
        }
    }

    private FormCluster Form(ulong metaId, NodeEndPoint member, Guid cluster)
    {
        Span<byte> id = stackalloc byte[16];
        cluster.TryWriteBytes(id);
        var address = node.Peers.FirstOrDefault(p => p.Id == node.NodeId);
        return new FormCluster
        {
            MetaId = metaId,
            ClusterId = cluster,
            MasterProcessId = BitConverter.ToUInt64(id[sizeof(ulong)..]) | 1,
            Shards = (ushort)node.ShardCount,
            ReplicationFactor = (byte)node.ReplicationFactor,
            Founders = [new NodeRecord { Node = member.Node.Value, Incarnation = member.Incarnation, Address = address is null ? "unknown:0" : $"{address.Host}:{address.Port}" }],
        };
    }
}
