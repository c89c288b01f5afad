using System.Runtime.InteropServices;
using RocksDbSharp;

namespace MfsHa.Storage.Rocks;

/// <summary>
/// Keeps a RocksDB open while anybody uses it: closing it under a running read or an open cursor would crash the process.
/// After <see cref="SafeHandle.Dispose()"/> no new use can begin; the database closes when the last one has ended.
/// </summary>
internal sealed class RocksHandle : SafeHandle
{
    private readonly RocksDb _db;
    private volatile bool _closing;

    private RocksHandle(RocksDb db, string path) : base(0, ownsHandle: true)
    {
        _db = db;
        Path = path;
        SetHandle(db.Handle);
    }

    public string Path { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>The binding's object, for cold calls. Only between <see cref="Use"/> and its end.</summary>
    public RocksDb Db => _db;

    public static RocksHandle Open(DbOptions options, string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new RocksHandle(RocksDb.Open(options, path), path);
        }
        catch (RocksDbException e)
        {
            throw RocksErrors.Translate(path, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException(path, e.Message, e);
        }
    }

    /// <summary>Begins a use; throws <see cref="ObjectDisposedException"/> after the store was closed.</summary>
    public Lease Use()
    {
        ObjectDisposedException.ThrowIf(_closing, this);
        var taken = false;
        DangerousAddRef(ref taken);
        return new Lease(this);
    }

    protected override void Dispose(bool disposing)
    {
        _closing = true;
        base.Dispose(disposing);
    }

    protected override bool ReleaseHandle()
    {
        _db.Dispose();
        return true;
    }

    /// <summary>One use; must be disposed exactly once.</summary>
    public readonly struct Lease(RocksHandle owner) : IDisposable
    {
        public nint Pointer => owner.handle;

        public void Dispose() => owner.DangerousRelease();
    }
}
