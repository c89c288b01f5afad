using System.Globalization;
using MfsHa.Node.Posix;
using Microsoft.Win32.SafeHandles;

namespace MfsHa.Node.Daemon;

/// <summary>
/// The report of a daemon: a pipe to the process that started it. A line that begins with <see cref="ReadyMark"/> says that the node is ready, all others
/// are for the person who started it; the pipe is standard error, too, so that a crash of the runtime is seen. A pipe that ends without the mark means that
/// the start failed.
/// </summary>
internal sealed class PipeReport : IStartReport, IDisposable
{
    /// <summary>Tells a process that it is the daemon, and the descriptor of the pipe.</summary>
    public const string Variable = "MFSHA_STARTUP_PIPE";

    public const char ReadyMark = '\x06';

    private const int StandardOutput = 1;
    private const int StandardError = 2;

    private readonly StreamWriter _pipe;

    private PipeReport(SafeFileHandle pipe) => _pipe = new StreamWriter(new FileStream(pipe, FileAccess.Write)) { AutoFlush = true };

    /// <summary>The report of this process, if it was started as a daemon.</summary>
    public static PipeReport? FromEnvironment()
    {
        string? descriptor = Environment.GetEnvironmentVariable(Variable);
        if (!int.TryParse(descriptor, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return null;
        }

        Environment.SetEnvironmentVariable(Variable, null);
        return new PipeReport(new SafeFileHandle(number, ownsHandle: true));
    }

    public void Message(string text) => Write(text);

    public void Ready()
    {
        ReleaseStandardStreams();
        Write($"{ReadyMark}");
        _pipe.Dispose();
    }

    public void Dispose() => _pipe.Dispose();

    private void Write(string line)
    {
        try
        {
            _pipe.WriteLine(line);
        }
        catch (IOException)
        {
            // Whoever started the node did not wait (it was interrupted). That is no reason for the node to fail; the log has the same messages.
        }
    }

    private static void ReleaseStandardStreams()
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        foreach (int descriptor in (ReadOnlySpan<int>)[StandardOutput, StandardError])
        {
            PosixException.ThrowIfFailed(NativeMethods.Duplicate((int)nothing.DangerousGetHandle(), descriptor), "cannot release standard output");
        }
    }
}
