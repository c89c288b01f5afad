using MfsHa.Node.Configuration;
using MfsHa.Node.Logging;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Tests.Logging;

public sealed class NodeLogTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mfsha-log").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_line_says_when_how_bad_who_where_and_what()
    {
        using (NodeLog log = Open(LogLevel.Information))
        {
            log.Factory.CreateLogger("MfsHa.Cluster.Routing.Router").LogWarning("node {Node} of {Name} is away", 3, "me");
        }

        string line = Assert.Single(File.ReadAllLines(Path.Combine(_directory, "mfsha.log")));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z WRN my \{ident\}\[\d+\] Cluster\.Routing\.Router: node 3 of me is away$", line);
    }

    [Fact]
    public void A_reload_changes_the_level()
    {
        using (NodeLog log = Open(LogLevel.Warning))
        {
            ILogger logger = log.Factory.CreateLogger("x");
            logger.LogInformation("unseen");
            log.Reload(Configuration(LogLevel.Debug));
            logger.LogDebug("seen");
        }

        Assert.Contains("x: seen", Assert.Single(File.ReadAllLines(Path.Combine(_directory, "mfsha.log"))), StringComparison.Ordinal);
    }

    private NodeLog Open(LogLevel level) => NodeLog.Open(Configuration(level), "my {ident}", console: false, TimeProvider.System);

    private LogConfiguration Configuration(LogLevel level) => new(_directory, level, 1 << 20, 1);
}
