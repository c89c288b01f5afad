using System.Globalization;
using MfsHa.Admin.Operations;

namespace MfsHa.Admin.Exports;

/// <summary>Says how much of a file has come, and how fast: one line that changes on a terminal, otherwise a line every ten seconds. How much there will be nobody knows before the end.</summary>
/// <param name="path">The file.</param>
/// <param name="error">Where to say it.</param>
/// <param name="isTerminal">True when somebody looks at it.</param>
/// <param name="clock">Tells when.</param>
internal sealed class TransferProgress(string path, TextWriter error, bool isTerminal, TimeProvider clock) : IDisposable
{
    private const string ClearLine = "\r\u001b[K";
    private static readonly TimeSpan _terminalEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _lineEvery = TimeSpan.FromSeconds(10);

    private readonly long _begun = clock.GetTimestamp();
    private long _shown = clock.GetTimestamp();
    private long _bytes;
    private bool _isOnLine;

    /// <summary>On standard error.</summary>
    public static TransferProgress OnConsole(string path) => new(path, Console.Error, !Console.IsErrorRedirected, TimeProvider.System);

    /// <summary>So many bytes more have come.</summary>
    public void Add(int bytes)
    {
        _bytes += bytes;
        if (clock.GetElapsedTime(_shown) < (isTerminal ? _terminalEvery : _lineEvery))
        {
            return;
        }

        _shown = clock.GetTimestamp();
        string text = string.Create(CultureInfo.InvariantCulture, $"{path}: {Show.Bytes(_bytes)}, {Show.Bytes(_bytes / clock.GetElapsedTime(_begun).TotalSeconds)}/s");
        if (isTerminal)
        {
            error.Write(ClearLine + text);
            _isOnLine = true;
        }
        else
        {
            error.WriteLine(text);
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_isOnLine)
        {
            error.Write(ClearLine);
        }
    }
}
