using MfsHa.Node.Configuration;

namespace MfsHa.Node.Tests.Configuration;

public sealed class ConfigurationErrorTests
{
    private const string Three = "MFSHA_NODE_ID = 1\nMFSHA_PEERS = a,b,c\n";

    [Theory]
    [InlineData("MFSHA_PORT = 0", "mfsha.cfg:1: MFSHA_PORT: expected port 1..65535, found \"0\"")]
    [InlineData("MFSHA_PORT = 65536", "mfsha.cfg:1: MFSHA_PORT: expected port 1..65535, found \"65536\"")]
    [InlineData("MFSHA_PORT =", "mfsha.cfg:1: MFSHA_PORT: expected port 1..65535, found nothing")]
    [InlineData("MFSHA_PORT = 94x", "mfsha.cfg:1: MFSHA_PORT: expected port 1..65535, found \"94x\"")]
    [InlineData("MFSHA_NODE_ID = zero", "mfsha.cfg:1: MFSHA_NODE_ID: expected integer 1..65535, or empty, found \"zero\"")]
    [InlineData("BIND_HOST = ::1", "mfsha.cfg:1: BIND_HOST: expected *, an IPv4 address or a host name, found \"::1\"")]
    [InlineData("BIND_HOST = 1.2.3", "mfsha.cfg:1: BIND_HOST: expected *, an IPv4 address or a host name, found \"1.2.3\"")]
    [InlineData("DATA_PATH = data", "mfsha.cfg:1: DATA_PATH: expected absolute path, found \"data\"")]
    [InlineData("HA_SHARD_COUNT = 65", "mfsha.cfg:1: HA_SHARD_COUNT: expected integer 1..64, found \"65\"")]
    [InlineData("HA_RAFT_ELECTION_TIMEOUT = fast", "mfsha.cfg:1: HA_RAFT_ELECTION_TIMEOUT: expected time 50ms..30s (a number is ms; units ms, s, m), found \"fast\"")]
    [InlineData("HA_RAFT_ELECTION_TIMEOUT = 1h", "mfsha.cfg:1: HA_RAFT_ELECTION_TIMEOUT: expected time 50ms..30s (a number is ms; units ms, s, m), found \"1h\"")]
    [InlineData("HA_CRDT_MAX_MEMORY = 1M", "mfsha.cfg:1: HA_CRDT_MAX_MEMORY: expected size 16M..1T (a number is bytes; K, M, G, T are powers of 1024), found \"1M\"")]
    [InlineData("HA_ASYNC_REPLICATION = maybe", "mfsha.cfg:1: HA_ASYNC_REPLICATION: expected 0 or 1 (also true/false, yes/no, on/off), found \"maybe\"")]
    [InlineData("SESSION_SUSTAIN_TIME = 8d", "mfsha.cfg:1: SESSION_SUSTAIN_TIME: expected period 1m..1w (a number is seconds; units s, m, h, d, w), found \"8d\"")]
    [InlineData("FILE_UMASK = 1000", "mfsha.cfg:1: FILE_UMASK: expected octal mask 0..0777, found \"1000\"")]
    [InlineData("CHUNKS_WRITE_REP_LIMIT = 1,2", "mfsha.cfg:1: CHUNKS_WRITE_REP_LIMIT: expected 1, 4 or 5 integers 0..65535 separated by commas, found \"1,2\"")]
    [InlineData("MFSHA_LOG_LEVEL = loud", "mfsha.cfg:1: MFSHA_LOG_LEVEL: expected one of trace, debug, info, warning, error, found \"loud\"")]
    [InlineData("MFSHA_PEERS = a, 2@b", "mfsha.cfg:1: MFSHA_PEERS: expected peers separated by commas or spaces, each host[:port] or id@host[:port], ids with all or none, found \"a, 2@b\"")]
    [InlineData("MFSHA_PEERS = 0@a", "mfsha.cfg:1: MFSHA_PEERS: expected peers separated by commas or spaces, each host[:port] or id@host[:port], ids with all or none, found \"0@a\"")]
    [InlineData("MFSHA_PEERS = a:0", "mfsha.cfg:1: MFSHA_PEERS: expected peers separated by commas or spaces, each host[:port] or id@host[:port], ids with all or none, found \"a:0\"")]
    [InlineData("HA_RAFT_PRIORTY = 1", "mfsha.cfg:1: HA_RAFT_PRIORTY: expected a known key, found an unknown one (did you mean HA_RAFT_PRIORITY?)")]
    [InlineData("COMPLETELY_DIFFERENT = 1", "mfsha.cfg:1: COMPLETELY_DIFFERENT: expected a known key, found an unknown one")]
    [InlineData("nonsense", "mfsha.cfg:1: line: expected KEY = value, found \"nonsense\"")]
    public void A_wrong_line_is_reported_with_file_line_key_expected_and_found(string text, string error) =>
        Assert.Equal([error], Read.Errors(text));

    [Theory]
    [InlineData(
        "HA_RAFT_HEARTBEAT_TIMEOUT = 125",
        "mfsha.cfg:1: HA_RAFT_HEARTBEAT_TIMEOUT: expected less than half of HA_RAFT_ELECTION_TIMEOUT (250ms), found 125ms (one lost heartbeat would start an election while the leader is well)")]
    [InlineData(
        "HA_RAFT_ELECTION_TIMEOUT = 5s",
        "mfsha.cfg:1: HA_RAFT_ELECTION_TIMEOUT: expected less than half of MATOCL_TIMEOUT (10s), found 5s (clients would be cut off while the nodes elect a leader)")]
    [InlineData("MFSHA_PEERS = a b c", "default: MFSHA_NODE_ID: expected one of the peers' ids (1, 2, 3), found nothing (with several peers a node must be told which one it is)")]
    [InlineData(
        "MFSHA_PEERS = a b c\nMFSHA_NODE_ID = 4",
        "mfsha.cfg:2: MFSHA_NODE_ID: expected one of the peers' ids (1, 2, 3), found 4 (MFSHA_PEERS lists all nodes, this one included)")]
    [InlineData(
        "MFSHA_PEERS = 1@a 1@b 2@c\nMFSHA_NODE_ID = 1", "mfsha.cfg:1: MFSHA_PEERS: expected each id once, found id 1 2 times (a node has one address)")]
    [InlineData(
        "MFSHA_NODE_ID = 1\nMFSHA_PEERS = a A:9430 c",
        "mfsha.cfg:2: MFSHA_PEERS: expected each address once, found a:9430 for nodes 1 and 2 (two nodes cannot be at one address)")]
    [InlineData(
        "MFSHA_ADMIN_PORT = 9421", "mfsha.cfg:1: MFSHA_ADMIN_PORT: expected another port than MATOCL_LISTEN_PORT, found 9421 for both (two listeners cannot share a port)")]
    [InlineData(
        "CHUNKS_SOFT_DEL_LIMIT = 20\nCHUNKS_HARD_DEL_LIMIT = 10",
        "mfsha.cfg:2: CHUNKS_HARD_DEL_LIMIT: expected at least CHUNKS_SOFT_DEL_LIMIT (20), found 10 (the hard limit is the one above the soft one)")]
    public void A_contradiction_is_refused_with_an_explanation(string text, string error) => Assert.Equal([error], Read.Errors(text));

    [Fact]
    public void Everything_wrong_is_reported_at_once_in_the_order_of_the_lines()
    {
        string[] errors = Read.Errors(
            "NOT_A_KEY = 1\nMFSHA_PORT = x\nbad line\nHA_SHARD_COUNT = 0\n", ("BIND_HOST", "::"));
        Assert.Equal(["mfsha.cfg:1", "mfsha.cfg:2", "mfsha.cfg:3", "mfsha.cfg:4", "environment"], errors.Select(e => e[..e.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void All_contradictions_are_reported_at_once() =>
        Assert.Equal(4, Read.Errors("HA_RAFT_HEARTBEAT_TIMEOUT = 9s\nHA_RAFT_ELECTION_TIMEOUT = 9s\nMFSHA_ADMIN_PORT = 9430\nMFSHA_PEERS=a,b,c").Length);

    [Fact]
    public void A_secret_is_never_shown()
    {
        LoadedConfiguration loaded = Read.File(Three + "AUTH_CODE = hush # hush");
        var shown = new StringWriter();
        loaded.Values.WriteTo(shown);
        Assert.DoesNotContain("hush", shown + string.Join("", loaded.Warnings), StringComparison.Ordinal);
        Assert.Equal("[DEFINED]", loaded.Values.TextOf("AUTH_CODE"));
        Assert.DoesNotContain("hush", Read.Errors(Three + "AUTH_CODE = hush" + new string('x', 5000))[0], StringComparison.Ordinal);
    }
}
