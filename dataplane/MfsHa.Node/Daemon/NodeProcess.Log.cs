using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Daemon;

public sealed partial class NodeProcess
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "node {Node} of mfsha {Version} starts; data in {DataPath}")]
        public static partial void Starting(ILogger logger, int node, string version, string dataPath);

        [LoggerMessage(2, LogLevel.Information, "started")]
        public static partial void Started(ILogger logger);

        [LoggerMessage(3, LogLevel.Information, "told to stop")]
        public static partial void Stopping(ILogger logger);

        [LoggerMessage(4, LogLevel.Information, "stopped")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(5, LogLevel.Warning, "configuration: {Warning}")]
        public static partial void Warning(ILogger logger, string warning);

        [LoggerMessage(6, LogLevel.Warning, "mfsexports.cfg: {Issue}")]
        public static partial void Exports(ILogger logger, string issue);

        [LoggerMessage(7, LogLevel.Information, "exports loaded: {Count} rules, checksum {Checksum:x16}")]
        public static partial void ExportsLoaded(ILogger logger, int count, ulong checksum);

        [LoggerMessage(8, LogLevel.Critical, "the node cannot go on")]
        public static partial void HostFailed(ILogger logger, Exception? reason);

        [LoggerMessage(9, LogLevel.Critical, "the node failed")]
        public static partial void Failed(ILogger logger, Exception reason);

        [LoggerMessage(11, LogLevel.Critical, "{Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(12, LogLevel.Critical, "the node has not ended within {Limit}, probably because its disk does not answer; its process ends without")]
        public static partial void EndGivenUp(ILogger logger, TimeSpan limit);

        [LoggerMessage(10, LogLevel.Warning, "cannot write {Path}")]
        public static partial void NoInfo(ILogger logger, string path, Exception reason);
    }
}
