using System.Globalization;
using MfsHa.Node.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;

namespace MfsHa.Node.Logging;

/// <summary>
/// The log of a node: mfsha.log, a file for each topic (<see cref="LogTopic"/>), and standard error when it runs in the foreground. Callers never wait for the disk: a bounded queue is written by one
/// thread, and what does not fit is dropped and counted.
/// </summary>
public sealed class NodeLog : IDisposable
{
    /// <summary>Name of the log file.</summary>
    public const string FileName = "mfsha.log";

    /// <summary>Events that may wait to be written.</summary>
    private const int QueueLength = 10_000;

    private readonly LoggingLevelSwitch _level;
    private readonly IReadOnlyList<RotatingFileSink> _files;
    private readonly Logger _logger;

    private NodeLog(LoggingLevelSwitch level, IReadOnlyList<RotatingFileSink> files, Logger logger)
    {
        _level = level;
        _files = files;
        _logger = logger;
        Factory = new SerilogLoggerFactory(logger);
    }

    /// <summary>Makes the loggers of all components.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>Opens the log.</summary>
    /// <param name="configuration">Where and how much.</param>
    /// <param name="identity">Name of the process in each line.</param>
    /// <param name="console">True to write to standard error, too.</param>
    /// <param name="time">For the rate limit.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be opened.</exception>
    public static NodeLog Open(LogConfiguration configuration, string identity, bool console, TimeProvider time)
    {
        var level = new LoggingLevelSwitch(LevelOf(configuration.Level));
        var formatter = new LineFormatter(
            "{UtcTimestamp:yyyy-MM-dd HH:mm:ss.fff}Z {LevelName} " + identity.Replace("{", "{{", StringComparison.Ordinal) + "[" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            + "] {Source}: ");
        RotatingFileSink? file = configuration.Directory is null ? null : OpenFile(configuration.Directory, FileName, configuration, formatter);
        (LogTopic Topic, RotatingFileSink File)[] topics = configuration.Directory is null
            ? []
            : [.. configuration.Topics.Select(t => (t, OpenFile(configuration.Directory, t.FileName, configuration, formatter)))];
        LoggerConfiguration logger = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)

            // One line per HTTP request of a probe tells nobody anything.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal", LogEventLevel.Fatal)
            .MinimumLevel.Override("Grpc", LogEventLevel.Warning)
            .Enrich.With<SourceEnricher>()
            .WriteTo.Async(
                queue => queue.Sink(new RateLimitedSink(Sinks(console, formatter, file, topics), time)),
                bufferSize: QueueLength,
                blockWhenFull: false);
        return new NodeLog(level, [.. topics.Select(static t => t.File).Concat(file is null ? [] : [file])], logger.CreateLogger());
    }

    /// <summary>Takes over a changed level and follows a file that was moved away.</summary>
    public void Reload(LogConfiguration configuration)
    {
        _level.MinimumLevel = LevelOf(configuration.Level);
        foreach (RotatingFileSink file in _files)
        {
            file.Reopen();
        }
    }

    /// <summary>Writes what waits and closes the file.</summary>
    public void Dispose()
    {
        Factory.Dispose();
        _logger.Dispose();
    }

    private static Logger Sinks(bool console, ITextFormatter formatter, RotatingFileSink? file, IEnumerable<(LogTopic Topic, RotatingFileSink File)> topics)
    {
        LoggerConfiguration sinks = new LoggerConfiguration().MinimumLevel.Verbose();
        if (console)
        {
            sinks.WriteTo.Console(formatter, standardErrorFromLevel: LogEventLevel.Verbose);
        }

        if (file is not null)
        {
            sinks.WriteTo.Sink(file);
        }

        foreach ((LogTopic topic, RotatingFileSink part) in topics)
        {
            sinks.WriteTo.Logger(only => only.MinimumLevel.Verbose().Filter.ByIncludingOnly(topic.Has).WriteTo.Sink(part));
        }

        return sinks.CreateLogger();
    }

    private static RotatingFileSink OpenFile(string directory, string name, LogConfiguration configuration, ITextFormatter formatter)
    {
        Directory.CreateDirectory(directory);
        return new RotatingFileSink(Path.Combine(directory, name), configuration.FileSize, configuration.Files, formatter);
    }

    private static LogEventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        LogLevel.Critical or LogLevel.None => LogEventLevel.Fatal,
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };
}
