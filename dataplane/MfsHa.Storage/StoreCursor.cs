using System.Runtime.InteropServices;
using MfsHa.Storage.Rocks;
using RocksDbSharp;

namespace MfsHa.Storage;

/// <summary>
/// Walks the keys of <c>[lower, upper)</c> in one direction. It stands before the first key when made, sees the store as it was then (or the given snapshot)
/// and holds resources of it: dispose soon. Not thread-safe.
/// </summary>
public sealed unsafe class StoreCursor : IDisposable
{
    private readonly RocksHandle _db;
    private readonly bool _reverse;
    private readonly object? _snapshot;
    private readonly nint _options;
    private readonly byte* _bounds;
    private nint _iterator;
    private Position _position = Position.Before;

    internal StoreCursor(
        RocksHandle db, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper, bool reverse, bool fillCache, object? snapshot = null, nint snapshotHandle = 0)
    {
        _db = db;
        _snapshot = snapshot;
        _reverse = reverse;
        var lease = db.Use();
        // RocksDB keeps pointers to the bounds for as long as the iterator lives.
        _bounds = (byte*)NativeMemory.Alloc((nuint)(lower.Length + upper.Length + 1));
        lower.CopyTo(new Span<byte>(_bounds, lower.Length));
        upper.CopyTo(new Span<byte>(_bounds + lower.Length, upper.Length));
        _options = Native.Instance.rocksdb_readoptions_create();
        Native.Instance.rocksdb_readoptions_set_fill_cache(_options, fillCache ? (byte)1 : (byte)0);
        Native.Instance.rocksdb_readoptions_set_iterate_lower_bound(_options, _bounds, (nuint)lower.Length);
        Native.Instance.rocksdb_readoptions_set_iterate_upper_bound(_options, _bounds + lower.Length, (nuint)upper.Length);
        if (snapshotHandle != 0)
        {
            Native.Instance.rocksdb_readoptions_set_snapshot(_options, snapshotHandle);
        }

        _iterator = Native.Instance.rocksdb_create_iterator(lease.Pointer, _options);
    }

    private enum Position
    {
        Before,
        AtKey,
        End,
    }

    /// <summary>The current key; valid until the next move.</summary>
    public ReadOnlySpan<byte> Key
    {
        get
        {
            ThrowIfNotAtKey();
            var key = Native.Instance.rocksdb_iter_key(_iterator, out var length);
            return new ReadOnlySpan<byte>((void*)key, (int)length);
        }
    }

    /// <summary>The current value; valid until the next move.</summary>
    public ReadOnlySpan<byte> Value
    {
        get
        {
            ThrowIfNotAtKey();
            var value = Native.Instance.rocksdb_iter_value(_iterator, out var length);
            return new ReadOnlySpan<byte>((void*)value, checked((int)length));
        }
    }

    /// <summary>
    /// Moves to the first key, then to the next ones; false after the last.
    /// Throws <see cref="StorageCorruptException"/> where the walk ended because of a broken block and not because there is no more.
    /// </summary>
    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_iterator == 0, this);
        switch (_position, _reverse)
        {
            case (Position.Before, false): Native.Instance.rocksdb_iter_seek_to_first(_iterator); break;
            case (Position.Before, true): Native.Instance.rocksdb_iter_seek_to_last(_iterator); break;
            case (Position.AtKey, false): Native.Instance.rocksdb_iter_next(_iterator); break;
            case (Position.AtKey, true): Native.Instance.rocksdb_iter_prev(_iterator); break;
            default: return false;
        }

        return Arrive();
    }

    /// <summary>Moves to the key or, where there is none, to the next one in the direction of the walk; false when there is no such key.</summary>
    public bool Seek(ReadOnlySpan<byte> key)
    {
        ObjectDisposedException.ThrowIf(_iterator == 0, this);
        fixed (byte* k = &MemoryMarshal.GetReference(key))
        {
            if (_reverse)
            {
                Native.Instance.rocksdb_iter_seek_for_prev(_iterator, k, (nuint)key.Length);
            }
            else
            {
                Native.Instance.rocksdb_iter_seek(_iterator, k, (nuint)key.Length);
            }
        }

        return Arrive();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var iterator = Interlocked.Exchange(ref _iterator, 0);
        if (iterator == 0)
        {
            return;
        }

        Native.Instance.rocksdb_iter_destroy(iterator);
        Native.Instance.rocksdb_readoptions_destroy(_options);
        NativeMemory.Free(_bounds);
        new RocksHandle.Lease(_db).Dispose();
        GC.KeepAlive(_snapshot);
    }

    private bool Arrive()
    {
        if (Native.Instance.rocksdb_iter_valid(_iterator) != 0)
        {
            _position = Position.AtKey;
            return true;
        }

        _position = Position.End;
        Native.Instance.rocksdb_iter_get_error(_iterator, out var error);
        RocksErrors.ThrowIfFailed(_db.Path, error);
        return false;
    }

    private void ThrowIfNotAtKey()
    {
        if (_iterator == 0 || _position != Position.AtKey)
        {
            throw new InvalidOperationException("the cursor stands at no key");
        }
    }
}
