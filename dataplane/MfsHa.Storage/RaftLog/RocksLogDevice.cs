using MfsHa.Storage.Rocks;

namespace MfsHa.Storage.RaftLog;

/// <summary>The real device: RocksDB's write-ahead log, synced with every batch.</summary>
internal sealed class RocksLogDevice(RocksHandle db) : IRaftLogDevice
{
    private readonly RocksWriter _writer = new(db, sync: true, writeAheadLog: true);

    public void Write(ReadOnlySpan<byte> batch) => _writer.Write(batch);
}
