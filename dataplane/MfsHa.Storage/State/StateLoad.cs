using MfsHa.Storage.Rocks;
using RocksDbSharp;

namespace MfsHa.Storage.State;

/// <summary>
/// Many records in the order of their keys, written as finished files and handed to the store at once: neither its memory nor its merging has anything to do with them. For places of the
/// store where there is nothing. Not thread-safe; several may run beside each other.
/// </summary>
public sealed class StateLoad : IDisposable
{
    /// <summary>Bytes of records before compression after which a file ends: an interrupted load costs no more than that in memory, and later merges take small pieces.</summary>
    private const long BytesPerFile = 128 << 20;

    private readonly RocksHandle _db;
    private readonly string _folder;
    private readonly DbOptions _options;
    private readonly EnvOptions _environment = new();
    private readonly List<string> _files = [];
    private nint _writer;
    private long _bytes;
    private bool _completed;

    internal StateLoad(RocksHandle db, DbOptions options, string folder)
    {
        _db = db;
        _options = options;
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>Adds a record; its key must be above that of the one before.</summary>
    public unsafe void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        var writer = _writer != 0 ? _writer : Open();
        nint error;
        fixed (byte* k = key, v = value)
        {
            Native.Instance.rocksdb_sstfilewriter_put(writer, k, (nuint)key.Length, v, (nuint)value.Length, out error);
        }

        RocksErrors.ThrowIfFailed(_files[^1], error);
        _bytes += key.Length + value.Length;
        if (_bytes >= BytesPerFile)
        {
            Finish();
        }
    }

    /// <summary>All records were added: they are in the store afterwards, durably.</summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        Finish();
        if (_files.Count > 0)
        {
            using var lease = _db.Use();
            try
            {
                _db.Db.IngestExternalFiles([.. _files], new IngestExternalFileOptions().SetMoveFiles(true));
            }
            catch (RocksDbException e)
            {
                throw RocksErrors.Translate(_db.Path, e.Message, e);
            }
        }

        _completed = true;
    }

    /// <summary>Ends it; what was not completed leaves nothing.</summary>
    public void Dispose()
    {
        _completed = true;
        Close();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        GC.KeepAlive(_options);
        GC.KeepAlive(_environment);
    }

    private nint Open()
    {
        var file = Path.Combine(_folder, $"{_files.Count}.sst");
        _writer = Native.Instance.rocksdb_sstfilewriter_create(_environment.Handle, _options.Handle);
        Native.Instance.rocksdb_sstfilewriter_open(_writer, file, out var error);
        RocksErrors.ThrowIfFailed(file, error);
        _files.Add(file);
        return _writer;
    }

    private void Finish()
    {
        if (_writer == 0)
        {
            return;
        }

        // It syncs the file.
        Native.Instance.rocksdb_sstfilewriter_finish(_writer, out var error);
        Close();
        RocksErrors.ThrowIfFailed(_files[^1], error);
        _bytes = 0;
    }

    private void Close()
    {
        var writer = Interlocked.Exchange(ref _writer, 0);
        if (writer != 0)
        {
            Native.Instance.rocksdb_sstfilewriter_destroy(writer);
        }
    }
}
