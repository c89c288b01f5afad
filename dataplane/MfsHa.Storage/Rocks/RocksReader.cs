using System.Runtime.InteropServices;
using RocksDbSharp;

namespace MfsHa.Storage.Rocks;

/// <summary>Point reads without a copy: the value is shown where RocksDB has it.</summary>
internal static unsafe class RocksReader
{
    /// <summary>Reads the value of a key through <paramref name="reader"/>; false when there is none.</summary>
    public static bool TryRead<TState, TResult>(
        RocksHandle db, ReadOptions options, ReadOnlySpan<byte> key, TState state, ValueReader<TState, TResult> reader, out TResult result)
        where TState : allows ref struct
    {
        using var lease = db.Use();
        nint slice;
        nint error;
        fixed (byte* k = &MemoryMarshal.GetReference(key))
        {
            slice = Native.Instance.rocksdb_get_pinned(lease.Pointer, options.Handle, k, (nuint)key.Length, out error);
        }

        RocksErrors.ThrowIfFailed(db.Path, error);
        GC.KeepAlive(options);
        if (slice == 0)
        {
            result = default!;
            return false;
        }

        try
        {
            var value = Native.Instance.rocksdb_pinnableslice_value(slice, out var length);
            result = reader(new ReadOnlySpan<byte>((void*)value, checked((int)length)), state);
            return true;
        }
        finally
        {
            Native.Instance.rocksdb_pinnableslice_destroy(slice);
        }
    }
}
