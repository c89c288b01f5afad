using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting;

namespace MfsHa.Node.Logging;

/// <summary>
/// Writes mfsha.log. The newest messages are always in the file of that name (tail -F, logrotate); when it reaches its size it becomes mfsha.log.1,
/// that becomes mfsha.log.2 and so on. <see cref="Reopen"/> follows a file that something else moved away. Thread-safe.
/// </summary>
internal sealed class RotatingFileSink : ILogEventSink, IDisposable
{
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly int _kept;
    private readonly ITextFormatter _formatter;
    private readonly Lock _lock = new();
    private readonly StringWriter _line = new(CultureInfo.InvariantCulture);
    private FileStream? _file;

    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Size at which a new file begins.</param>
    /// <param name="kept">How many former files are kept.</param>
    /// <param name="formatter">Makes the text of an event, with the line's end.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public RotatingFileSink(string path, long maxBytes, int kept, ITextFormatter formatter)
    {
        _path = path;
        _maxBytes = maxBytes;
        _kept = kept;
        _formatter = formatter;
        _file = Open();
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            if (_line.GetStringBuilder() is { Length: > 0 } former)
            {
                former.Clear();
            }

            _formatter.Format(logEvent, _line);
            byte[] bytes = Encoding.UTF8.GetBytes(_line.ToString());
            try
            {
                _file ??= Open();
                if (_file.Length > 0 && _file.Length + bytes.Length > _maxBytes)
                {
                    Rotate();
                }

                _file!.Write(bytes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full disk must not stop the node; the next event tries again.
                SelfLog.WriteLine("cannot write {0}: {1}", _path, e.Message);
            }
        }
    }

    /// <summary>Closes the file and opens the one that has its name now.</summary>
    public void Reopen()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
            _line.Dispose();
        }
    }

    // Unbuffered: what was logged before a crash is in the file.
    private FileStream Open() =>
        new(_path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });

    private void Rotate()
    {
        _file?.Dispose();
        _file = null;
        if (_kept == 0)
        {
            File.Delete(_path);
        }
        else
        {
            for (int i = _kept - 1; i >= 1; i--)
            {
                if (File.Exists($"{_path}.{i}"))
                {
                    File.Move($"{_path}.{i}", $"{_path}.{i + 1}", overwrite: true);
                }
            }

            File.Move(_path, _path + ".1", overwrite: true);
        }

        _file = Open();
    }
}
