using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Metadata.Tests.Support;
using MfsHa.MetadataFile;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>A cut through all shards as an export makes it: what is half done is settled, and the file is written and read again, which finds everything that hangs in the air.</summary>
internal static class SimulatedCut
{
    public static (NamespaceState[] Shards, int HalfDone) Take(NamespaceState[] shards, bool settles)
    {
        var halfDone = settles ? CutSettlement.Settle(shards) : 0;
        var file = Write(shards);
        var store = new MemoryStore();
        var one = new NamespaceState(store, 1, 1000);
        MetadataFileReader.Read(new MemoryStream(file), new ImportPlaces([one], store, new SystemState(new MemoryStore()), new NoScratch()), static id => Form(id, 1), new ImportOptions(Simulation.Begin), CancellationToken.None);
        return (shards, halfDone > 0 ? 1 : 0);
    }

    // A few objects: all of them fit into memory.
    private sealed class NoScratch : IScratch
    {
        public Stream Create() => new MemoryStream();
    }

    private static byte[] Write(NamespaceState[] shards)
    {
        const int PieceBytes = 1 << 16;
        var system = new SystemState(new MemoryStore());
        new SystemProcessor(system).Execute(Form(1, (ushort)shards.Length), new OperationContext(Simulation.Begin));
        using var writer = new MetadataFileWriter(new MetadataSource(shards, system, Simulation.Begin), MetadataFormat.Version4);
        var file = new MemoryStream();
        while (writer.ReadNext(PieceBytes) is { } piece)
        {
            file.Position = piece.Offset;
            file.Write(piece.Bytes.Span);
        }

        return file.ToArray();
    }

    private static FormCluster Form(ulong metaId, ushort shards) => new()
    {
        MetaId = metaId,
        ClusterId = new Guid("11111111-2222-3333-4444-555555555555"),
        MasterProcessId = 99,
        Shards = shards,
        ReplicationFactor = 3,
        Founders = [new NodeRecord { Node = 1, Incarnation = 5, Address = "node1:9430" }],
    };
}
