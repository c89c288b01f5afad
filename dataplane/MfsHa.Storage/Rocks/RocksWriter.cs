using System.Runtime.InteropServices;
using RocksDbSharp;

namespace MfsHa.Storage.Rocks;

/// <summary>Writes finished batches with fixed write options.</summary>
internal sealed unsafe class RocksWriter(RocksHandle db, bool sync, bool writeAheadLog)
{
    private readonly WriteOptions _options = new WriteOptions().SetSync(sync).DisableWal(writeAheadLog ? 0 : 1);

    public void Write(ReadOnlySpan<byte> batch)
    {
        using var lease = db.Use();
        fixed (byte* bytes = &MemoryMarshal.GetReference(batch))
        {
            var native = Native.Instance.rocksdb_writebatch_create_from(bytes, (nuint)batch.Length);
            try
            {
                Native.Instance.rocksdb_write(lease.Pointer, _options.Handle, native, out var error);
                RocksErrors.ThrowIfFailed(db.Path, error);
            }
            finally
            {
                Native.Instance.rocksdb_writebatch_destroy(native);
            }
        }

        GC.KeepAlive(_options); // the binding frees the native options in their finaliser
    }
}
