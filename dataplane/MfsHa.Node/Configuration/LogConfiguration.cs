using MfsHa.Node.Configuration.Keys;
using MfsHa.Node.Logging;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Configuration;

/// <summary>The log.</summary>
/// <param name="Directory">Absolute path of the directory of mfsha.log; null for no file.</param>
/// <param name="Level">The least important messages that are logged.</param>
/// <param name="FileSize">Bytes after which a new file begins.</param>
/// <param name="Files">Former files that are kept.</param>
public sealed record LogConfiguration(string? Directory, LogLevel Level, long FileSize, int Files)
{
    /// <summary>Topics that have a file of their own.</summary>
    public IReadOnlyList<LogTopic> Topics { get; init; } = [];

    private const string NoFile = "-";

    internal static LogConfiguration From(ConfigurationValues values, string dataPath)
    {
        string directory = values.Get(LogKeys.Directory);
        return new LogConfiguration(
            directory == NoFile ? null : Path.GetFullPath(directory, dataPath), values.Get(LogKeys.Level), values.Get(LogKeys.FileSize),
            values.Get(LogKeys.Files))
        {
            Topics = [.. LogTopic.All.Where(_ => values.Get(LogKeys.Topics))],
        };
    }
}
