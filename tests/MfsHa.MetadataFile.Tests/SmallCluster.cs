using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Tests;

/// <summary>A cluster with one shard in memory: written as a file, read from one.</summary>
internal sealed class SmallCluster
{
    public const uint Sessions = 5;
    private const ulong MetaId = 0x1234_5678_9ABC_DEF0;

    public SmallCluster()
    {
        Shard = new Shard();
        System = new SystemState(new MemoryStore());
        var processor = new SystemProcessor(System);
        var context = new OperationContext(Shard.Now);
        Assert.Equal(StatusCode.Ok, processor.Execute(Form(MetaId), context).Status);
        for (uint session = 1; session <= Sessions; session++)
        {
            var granted = new SessionParameters
            {
                RootInode = 1, Flags = SessionFlags.Admin, PeerAddress = 0x0A000000 + session, ExportsChecksum = 77, Info = "/mnt"u8.ToArray(), MaxGoal = 5, StorageClassGroups = 0x3F,
            };
            Assert.Equal(StatusCode.Ok, processor.Execute(new CreateSession { Parameters = granted, Node = 1, Run = 1 }, context).Status);
        }

        Assert.Equal(StatusCode.Ok, processor.Execute(new RegisterChunkServer(0, 0x0A000101, 9422, 1, 1), context).Status);
        Assert.Equal(StatusCode.Ok, processor.Execute(new RegisterChunkServer(7, 0x0A000102, 9422, 1, 1), context).Status);
        Assert.Equal(StatusCode.Ok, processor.Execute(new DropConnections(1, 0), context).Status);
    }

    public Shard Shard { get; }

    public SystemState System { get; }

    public static FormCluster Form(ulong metaId) => new()
    {
        MetaId = metaId,
        ClusterId = new Guid("11111111-2222-3333-4444-555555555555"),
        MasterProcessId = 99,
        Shards = 1,
        ReplicationFactor = 3,
        Founders = [new NodeRecord { Node = 1, Incarnation = 5, Address = "node1:9430" }],
    };

    /// <summary>The file, made in pieces of so many bytes.</summary>
    public byte[] Write(MetadataFormat format, int pieceBytes = 1000) => Write([Shard.State], System, Shard.Now, format, pieceBytes);

    /// <summary>The file of some shards.</summary>
    public static byte[] Write(IReadOnlyList<NamespaceState> shards, SystemState system, uint now, MetadataFormat format, int pieceBytes)
    {
        using var writer = new MetadataFileWriter(new MetadataSource(shards, system, now), format);
        var file = new MemoryStream();
        while (writer.ReadNext(pieceBytes) is { } piece)
        {
            file.Position = piece.Offset;
            file.Write(piece.Bytes.Span);
        }

        Assert.Equal(writer.Length, file.Length);
        return file.ToArray();
    }

    /// <summary>Places whose memory is so small that notes are sorted in several runs.</summary>
    public static ImportPlaces Places(IReadOnlyList<NamespaceState> shards, MemoryStore first, SystemState system) => new(shards, first, system, new MemoryScratch()) { SortMemory = 1000 };

    private sealed class MemoryScratch : IScratch
    {
        public Stream Create() => new MemoryStream();
    }

    /// <summary>Reads a file into empty states over empty stores.</summary>
    public static (NamespaceState Shard, SystemState System, MetadataReport Report) Read(byte[] file, uint now)
    {
        var store = new MemoryStore();
        var shard = new NamespaceState(store, 1, 1000);
        var system = new SystemState(new MemoryStore());
        var report = MetadataFileReader.Read(new MemoryStream(file), Places([shard], store, system), Form, new ImportOptions(now), CancellationToken.None);
        return (shard, system, report);
    }
}
