namespace MfsHa.Security;

/// <summary>
/// A value made of the contents of a few small files, made anew when they change. They are looked at when the value is asked for, at most once in <see cref="Interval"/>: contents are
/// compared, because files from Kubernetes and from certificate tools are replaced in ways that watches miss. What is wrong with new contents is told once, and the former value stays
/// until they are right: a key and its certificate are seldom replaced in one step. Thread-safe.
/// </summary>
public sealed class WatchedFiles<T>
    where T : class
{
    /// <summary>Most bytes of one file.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>How old a value may be.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<string> _paths;
    private readonly Func<IReadOnlyList<byte[]>, T> _make;
    private readonly TimeProvider _time;
    private readonly Action<string>? _changed;
    private readonly Action<string>? _failed;
    private readonly Lock _lock = new();
    private byte[][] _contents;
    private string? _failure;
    private volatile T _value;
    private long _lookedAt;

    /// <summary>Makes the first value.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="make">Makes the value of their contents, in the order of the paths.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Told, with the files' names, of a new value.</param>
    /// <param name="failed">Told of contents that cannot be used, once for each reason.</param>
    /// <exception cref="SecurityFileException">A file cannot be read or used.</exception>
    public WatchedFiles(IReadOnlyList<string> paths, Func<IReadOnlyList<byte[]>, T> make, TimeProvider time, Action<string>? changed = null, Action<string>? failed = null)
    {
        _paths = paths;
        _make = make;
        _time = time;
        _changed = changed;
        _failed = failed;
        _contents = Read();
        _value = make(_contents);
        _lookedAt = time.GetTimestamp();
    }

    /// <summary>The value.</summary>
    public T Current
    {
        get
        {
            // Whoever comes while another one looks takes what there is.
            if (_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= Interval && _lock.TryEnter())
            {
                try
                {
                    Look();
                }
                finally
                {
                    _lock.Exit();
                }
            }

            return _value;
        }
    }

    private void Look()
    {
        Volatile.Write(ref _lookedAt, _time.GetTimestamp());
        try
        {
            byte[][] contents = Read();
            if (contents.Zip(_contents).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
            {
                _failure = null;
                return;
            }

            _value = _make(contents);
            _contents = contents;
            _failure = null;
            _changed?.Invoke(string.Join(", ", _paths));
        }
        catch (SecurityFileException e)
        {
            if (_failure != e.Message)
            {
                _failure = e.Message;
                _failed?.Invoke(e.Message);
            }
        }
    }

    private byte[][] Read() => [.. _paths.Select(ReadFile)];

    private static byte[] ReadFile(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length > MaxBytes)
            {
                throw new SecurityFileException(path, $"{stream.Length} bytes, allowed are {MaxBytes}");
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SecurityFileException(path, $"cannot be read: {e.Message}", e);
        }
    }
}
