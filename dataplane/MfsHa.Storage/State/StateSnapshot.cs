using MfsHa.Storage.Rocks;
using RocksDbSharp;

namespace MfsHa.Storage.State;

/// <summary>The store as it was at one moment. Keeps overwritten records alive: dispose within minutes.</summary>
public sealed class StateSnapshot : IDisposable
{
    private readonly RocksHandle _db;
    private nint _handle;

    internal StateSnapshot(RocksHandle db)
    {
        _db = db;
        var lease = db.Use();
        _handle = Native.Instance.rocksdb_create_snapshot(lease.Pointer);
        Options = new ReadOptions();
        Native.Instance.rocksdb_readoptions_set_snapshot(Options.Handle, _handle);
    }

    internal ReadOptions Options { get; }

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle == 0, this);
            return _handle;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle == 0)
        {
            return;
        }

        var lease = new RocksHandle.Lease(_db);
        Native.Instance.rocksdb_release_snapshot(lease.Pointer, handle);
        lease.Dispose();
    }
}
