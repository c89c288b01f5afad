using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Tests.Configuration;

public sealed class ConfigurationValueTests
{
    [Fact]
    public void Nothing_at_all_is_a_cluster_of_one_node()
    {
        NodeConfiguration node = Read.Node("");
        Assert.Equal(1, node.NodeId);
        Assert.Equal([new PeerAddress(1, "127.0.0.1", 9430)], node.Peers);
        Assert.Equal((9421, 9420, 9419, 9431), (node.Clients.Port, node.ChunkServers.Port, node.Metaloggers.Port, node.AdminPort));
        Assert.Equal((250, 100), (node.Consensus.ElectionTimeout.TotalMilliseconds, node.Consensus.Heartbeat.TotalMilliseconds));
        Assert.Equal(256 << 20, node.Replication.CacheMemory);
        Assert.Equal("/var/lib/mfsha/log", node.Log.Directory);
    }

    [Fact]
    public void The_nth_peer_is_node_n_and_ports_default_to_the_own_one()
    {
        NodeConfiguration node = Read.Node("MFSHA_PORT = 7000\nMFSHA_NODE_ID = 2\nMFSHA_PEERS = a, b:7000  10.0.0.3:9999");
        Assert.Equal([new PeerAddress(1, "a", 7000), new PeerAddress(2, "b", 7000), new PeerAddress(3, "10.0.0.3", 9999)], node.Peers);
    }

    [Fact]
    public void Peers_with_ids_may_stand_in_any_order()
    {
        NodeConfiguration node = Read.Node("MFSHA_NODE_ID = 9\nMFSHA_PEERS = 9@c.x:1,5@a,7@b");
        Assert.Equal(["5@a:9430", "7@b:9430", "9@c.x:1"], node.Peers.Select(p => p.ToString()));
    }

    [Fact]
    public void A_variable_of_the_keys_name_wins_over_the_file_and_an_empty_one_does_not()
    {
        LoadedConfiguration loaded = Read.File("MFSHA_PORT = 7000\nMFSHA_ADMIN_PORT = 7001", ("MFSHA_PORT", " 8000 "), ("MFSHA_ADMIN_PORT", ""));
        Assert.Equal((8000, 7001), (loaded.Node.Port, loaded.Node.AdminPort));
        Assert.Equal("environment", loaded.Values.OriginOf(ClusterKeys.Port).ToString());
        Assert.Equal("mfsha.cfg:2", loaded.Values.OriginOf(ClusterKeys.AdminPort).ToString());
        Assert.Equal("default", loaded.Values.OriginOf(ClusterKeys.DataPath).ToString());
    }

    [Fact]
    public void A_wrong_value_in_the_file_does_no_harm_under_a_variable() => Assert.Equal(8000, Read.Node("MFSHA_PORT = x", ("MFSHA_PORT", "8000")).Port);

    [Fact]
    public void A_port_that_Kubernetes_made_of_a_service_is_left_aside()
    {
        LoadedConfiguration loaded = Read.File("", ("MFSHA_PORT", "tcp://10.96.0.7:9430"));
        Assert.Equal(9430, loaded.Node.Port);
        Assert.Contains("enableServiceLinks", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("300", 300)]
    [InlineData("300ms", 300)]
    [InlineData("0.3s", 300)]
    [InlineData("1 s", 1000)]
    [InlineData("300 # comment", 300)]
    public void Own_times_are_milliseconds_or_have_a_unit(string text, int milliseconds) =>
        Assert.Equal(milliseconds, Read.Node("HA_RAFT_ELECTION_TIMEOUT = " + text).Consensus.ElectionTimeout.TotalMilliseconds);

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("1h", 3600)]
    [InlineData("1.5H", 5400)]
    [InlineData("1d2h", 93600)]
    [InlineData("1h 30m", 5400)]
    [InlineData("86400 # one day", 86400)]
    public void Periods_of_mfsmaster_are_seconds_or_have_units(string text, int seconds) =>
        Assert.Equal(seconds, Read.Node("SESSION_SUSTAIN_TIME = " + text).FileSystem.SessionSustainTime.TotalSeconds);

    [Theory]
    [InlineData("268435456", 256L << 20)]
    [InlineData("262144K", 256L << 20)]
    [InlineData("256m", 256L << 20)]
    [InlineData("256 MiB", 256L << 20)]
    [InlineData("2GB", 2L << 30)]
    public void Sizes_have_units_of_1024(string text, long bytes) => Assert.Equal(bytes, Read.Node("HA_CRDT_MAX_MEMORY = " + text).Replication.CacheMemory);

    [Theory]
    [InlineData("10", 10)]
    [InlineData("0x10", 16)]
    [InlineData("010", 8)]
    [InlineData("+5", 5)]
    public void Integers_are_read_as_C_reads_them(string text, int value) => Assert.Equal(value, Read.Node("HA_RAFT_PRIORITY = " + text).Consensus.Priority);

    [Theory]
    [InlineData("3", new[] { 3, 3, 3, 3, 3 })]
    [InlineData("1,2,3,5", new[] { 1, 2, 3, 5, 4 })]
    [InlineData("1:2:3:5:6", new[] { 1, 2, 3, 5, 6 })]
    public void Replication_limits_are_one_four_or_five(string text, int[] limits) =>
        Assert.Equal(limits, Read.Node("CHUNKS_WRITE_REP_LIMIT = " + text).Chunks.WriteReplicationLimits);

    [Fact]
    public void The_hard_deletion_limit_follows_the_soft_one_unless_given()
    {
        Assert.Equal(36, Read.Node("CHUNKS_SOFT_DEL_LIMIT = 12").Chunks.HardDeleteLimit);
        Assert.Equal(25, Read.Node("CHUNKS_SOFT_DEL_LIMIT = 12\nCHUNKS_HARD_DEL_LIMIT = 25").Chunks.HardDeleteLimit);
    }

    [Fact]
    public void Relative_paths_are_taken_from_the_data_path()
    {
        NodeConfiguration node = Read.Node("DATA_PATH = /data\nEXPORTS_FILENAME = ../etc/e.cfg\nMFSHA_LOG_DIRECTORY = -");
        Assert.Equal("/etc/e.cfg", node.FileSystem.ExportsFile);
        Assert.Null(node.Log.Directory);
    }

    [Fact]
    public void A_hash_in_a_text_belongs_to_it_and_is_warned_of()
    {
        LoadedConfiguration loaded = Read.File("MFSHA_REGION = west # of here");
        Assert.Equal("west # of here", loaded.Node.Region);
        Assert.Single(loaded.Warnings);
    }

    [Fact]
    public void Keys_of_mfsmaster_without_a_meaning_are_warnings()
    {
        LoadedConfiguration loaded = Read.File("BACK_LOGS = 50\nTOPOLOGY_FILENAME = /etc/mfs/mfstopology.cfg");
        Assert.Equal(2, loaded.Warnings.Count);
        Assert.StartsWith("mfsha.cfg:1: BACK_LOGS has no effect: ", loaded.Warnings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MFSHA_NODE_ID = 1\nMFSHA_PEERS = a,b", "odd number")]
    [InlineData("MFSHA_NODE_ID = 1\nMFSHA_PEERS = a:1000,b,c", "port mapping")]
    [InlineData("HA_SHARD_COUNT = 8", "several shards are new")]
    public void What_works_but_is_probably_not_meant_is_a_warning(string text, string says) =>
        Assert.Contains(says, Assert.Single(Read.File(text).Warnings), StringComparison.Ordinal);

    [Fact]
    public void The_configuration_of_a_stock_mfsmaster_is_accepted()
    {
        string[] keys = ["WORKING_USER = mfs", "SYSLOG_IDENT = mfsmaster", "NICE_LEVEL = -19", "FILE_UMASK = 027", "BACK_LOGS = 50", "MATOCL_LISTEN_HOST = *"];
        NodeConfiguration node = Read.Node(string.Join('\n', keys));
        Assert.Equal((-19, 0b010_111, "mfsmaster"), (node.Process.NiceLevel, node.Process.FileMask, node.Process.Identity));
    }

    [Fact]
    public void Every_line_of_the_example_that_mfsmaster_brings_is_accepted_when_it_is_switched_on()
    {
        const string example = "/usr/share/doc/moosefs-master/examples/mfsmaster.cfg";
        Assert.SkipUnless(File.Exists(example), "mfsmaster is not installed");
        string text = System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(example), "(?m)^# ([A-Z_]+ = )", "$1");
        Assert.NotEmpty(Read.File(text).Warnings);
    }

    [Fact]
    public void Differences_name_the_keys_that_changed()
    {
        LoadedConfiguration before = Read.File("MFSHA_LOG_LEVEL = info\nMFSHA_PORT = 9000");
        LoadedConfiguration after = Read.File("MFSHA_LOG_LEVEL = debug");
        Assert.Equal(["MFSHA_PORT", "MFSHA_LOG_LEVEL"], before.Values.DifferencesTo(after.Values).Select(k => k.Name));
    }
}
