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
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z WARNING my \{ident\}\[\d+\] Cluster\.Routing\.Router: node 3 of me is away$", line);
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

    [Fact]
    public void What_concerns_a_topic_is_in_its_file_and_everything_in_mfsha_log()
    {
        using (NodeLog log = NodeLog.Open(Configuration(LogLevel.Information) with { Topics = LogTopic.All }, "me", console: false, TimeProvider.System))
        {
            log.Factory.CreateLogger("MfsHa.Consensus").LogInformation("Raft leader elected");
            log.Factory.CreateLogger("MfsHa.Replication.Ring.RingReplicator").LogInformation("CRDT delta applied");
            log.Factory.CreateLogger("MfsHa.NodeLink").LogWarning("partition");
            log.Factory.CreateLogger("MfsHa.ConsensusLike").LogCritical("of no topic");
        }

        Assert.Equal(4, File.ReadAllLines(Path.Combine(_directory, "mfsha.log")).Length);
        Assert.EndsWith("Raft leader elected", Assert.Single(File.ReadAllLines(Path.Combine(_directory, "mfsha-raft.log"))), StringComparison.Ordinal);
        Assert.EndsWith("CRDT delta applied", Assert.Single(File.ReadAllLines(Path.Combine(_directory, "mfsha-crdt.log"))), StringComparison.Ordinal);
        Assert.Contains(" WARNING ", Assert.Single(File.ReadAllLines(Path.Combine(_directory, "mfsha-network.log"))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_library_warns_of_has_its_causes_in_one_line_and_everything_else_where_it_comes_from()
    {
        var away = new IOException("node 2 is away: no such name", new InvalidOperationException("no such name", new TimeoutException("after\n5 s")));
        using (NodeLog log = Open(LogLevel.Information))
        {
            log.Factory.CreateLogger("DotNext.Raft").LogWarning(away, "a member is unavailable");
            log.Factory.CreateLogger("DotNext.Raft").LogError(away, "worse");
            log.Factory.CreateLogger("MfsHa.Cluster").LogWarning(away, "own");
        }

        string[] lines = File.ReadAllLines(Path.Combine(_directory, "mfsha.log"));
        Assert.EndsWith("DotNext.Raft: a member is unavailable: node 2 is away: no such name: after 5 s", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("DotNext.Raft: worse", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Count(static l => l.StartsWith("System.IO.IOException: node 2 is away", StringComparison.Ordinal)));
    }

    private NodeLog Open(LogLevel level) => NodeLog.Open(Configuration(level), "my {ident}", console: false, TimeProvider.System);

    private LogConfiguration Configuration(LogLevel level) => new(_directory, level, 1 << 20, 1);
}
