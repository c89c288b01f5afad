using System.Runtime.InteropServices;
using RocksDbSharp;

namespace MfsHa.Storage.Rocks;

/// <summary>
/// Writes finished batches with fixed write options. RocksDB lets writes wait while what it holds in memory is being written to files. On a full disk it would let them wait for ever: it counts on
/// somebody making space. So a write that would have to wait comes back, and is tried again until RocksDB takes it, or says what is wrong with its files.
/// </summary>
internal sealed unsafe class RocksWriter
{
    // rocksdb/util/status.cc: Status::ToString of Status::Incomplete, which a write gets that may not wait (WriteOptions::no_slowdown).
    private const string WouldWaitPrefix = "Result incomplete";
    private const string StoppedProperty = "rocksdb.is-write-stopped";
    private const string ErrorsProperty = "rocksdb.background-errors";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    // Files that could not be merged do not fail a write by themselves; a merge that failed is tried again by RocksDB within this time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly RocksHandle _db;
    private readonly WriteOptions _eager;
    private readonly WriteOptions _patient;

    public RocksWriter(RocksHandle db, bool sync, bool writeAheadLog)
    {
        _db = db;
        _patient = new WriteOptions().SetSync(sync).DisableWal(writeAheadLog ? 0 : 1);
        _eager = new WriteOptions().SetSync(sync).DisableWal(writeAheadLog ? 0 : 1);
        Native.Instance.rocksdb_writeoptions_set_no_slowdown(_eager.Handle, 1);
    }

    public void Write(ReadOnlySpan<byte> batch)
    {
        using var lease = _db.Use();
        fixed (byte* bytes = &MemoryMarshal.GetReference(batch))
        {
            var native = Native.Instance.rocksdb_writebatch_create_from(bytes, (nuint)batch.Length);
            try
            {
                var begun = TimeProvider.System.GetTimestamp();
                while (!TryWrite(lease.Pointer, native, _eager))
                {
                    if (_db.Db.GetProperty(StoppedProperty) == "0")
                    {
                        // It is only slowed down: RocksDB says for how long.
                        ThrowIfFailed(Attempt(lease.Pointer, native, _patient));
                        return;
                    }

                    ThrowIfStuck(begun);
                    Thread.Sleep(Pause);
                }
            }
            finally
            {
                Native.Instance.rocksdb_writebatch_destroy(native);
            }
        }
    }

    private bool TryWrite(nint db, nint batch, WriteOptions options)
    {
        var error = Attempt(db, batch, options);
        if (error?.StartsWith(WouldWaitPrefix, StringComparison.Ordinal) == true)
        {
            return false;
        }

        ThrowIfFailed(error);
        return true;
    }

    private static string? Attempt(nint db, nint batch, WriteOptions options)
    {
        Native.Instance.rocksdb_write(db, options.Handle, batch, out var error);
        GC.KeepAlive(options); // the binding frees the native options in their finaliser
        return RocksErrors.Take(error);
    }

    private void ThrowIfFailed(string? error)
    {
        if (error is not null)
        {
            throw RocksErrors.Translate(_db.Path, error);
        }
    }

    private void ThrowIfStuck(long begun)
    {
        if (TimeProvider.System.GetElapsedTime(begun) > Patience && _db.Db.GetProperty(ErrorsProperty) is { } errors && errors != "0")
        {
            throw new StorageUnavailableException(
                _db.Path,
                $"RocksDB takes no writes because it cannot write its files ({errors} errors, see {System.IO.Path.Combine(_db.Path, "LOG")}); "
                + $"{new DriveInfo(_db.Path).AvailableFreeSpace} bytes are free on that file system");
        }
    }
}
