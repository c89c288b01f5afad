using MfsHa.Node.Configuration.Formats;
using Microsoft.Extensions.Logging;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>The log file.</summary>
public static class LogKeys
{
    /// <summary><c>MFSHA_LOG_DIRECTORY</c>.</summary>
    public static readonly ConfigurationKey<string> Directory = Key(
        "MFSHA_LOG_DIRECTORY", TextFormats.Path, "log", ReloadClass.Restart,
        "Directory of mfsha.log and the files of topics. A relative path is taken from DATA_PATH; - means no log files.");

    /// <summary><c>MFSHA_LOG_LEVEL</c>.</summary>
    public static readonly ConfigurationKey<LogLevel> Level = Key(
        "MFSHA_LOG_LEVEL",
        TextFormats.Choice(
            ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error)),
        "info", ReloadClass.Reload, "The least important messages that are logged.");

    /// <summary><c>MFSHA_LOG_FILE_SIZE</c>.</summary>
    public static readonly ConfigurationKey<long> FileSize = Key(
        "MFSHA_LOG_FILE_SIZE", SizeFormats.Bytes(64L << 10, 16L << 30), "64M", ReloadClass.Restart,
        "When mfsha.log reaches this size it becomes mfsha.log.1 and a new one begins.");

    /// <summary><c>MFSHA_LOG_FILES</c>.</summary>
    public static readonly ConfigurationKey<int> Files = Key(
        "MFSHA_LOG_FILES", NumberFormats.Integer(0, 1000), "10", ReloadClass.Restart, "How many former log files are kept.");

    /// <summary><c>MFSHA_LOG_TOPICS</c>.</summary>
    public static readonly ConfigurationKey<bool> Topics = Key(
        "MFSHA_LOG_TOPICS", TextFormats.Flag, "1", ReloadClass.Restart,
        "Whether what concerns CRDT state, Raft, and the network is written to mfsha-crdt.log, mfsha-raft.log and mfsha-network.log, too; mfsha.log has everything.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new("Logs", [Directory, Level, FileSize, Files, Topics]);
}
