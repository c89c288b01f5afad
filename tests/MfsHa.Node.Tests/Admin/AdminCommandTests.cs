using System.Text.Json;
using Google.Protobuf;
using MfsHa.Admin.Commands;
using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfsHa.Node.Tests.Admin;

/// <summary>mfsha-admin against a running admin service.</summary>
public sealed class AdminCommandTests : IAsyncLifetime
{
    private readonly FakeCluster _cluster = new();
    private AdminServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, NullLoggerFactory.Instance, AdminGate.Open, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Status_says_in_five_lines_how_the_cluster_is()
    {
        (int exitCode, string output, _) = await RunAsync("status");
        Assert.Equal(0, exitCode);
        Assert.StartsWith(
            "Cluster Status: HEALTHY\nNodes: 3/3 online\nShards: 1/1 available\nLeaders: 1/1 elected\nReplication: 100% synchronized\n", output, StringComparison.Ordinal);
        Assert.Contains("| 1  | [b]n1:9430 | ready |", output, StringComparison.Ordinal);
        Assert.Contains("| 1 (shard 0) | 2      | 3    | 123       | 1: 123  2: 123  3: 123   |", output, StringComparison.Ordinal);
        Assert.Contains("| 1  | 10.0.0.9:9422 | node 2       | 1.5 KiB | 3 GiB |", output, StringComparison.Ordinal);
        Assert.Contains("Sessions: 7", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_in_json_has_nodes_groups_and_replicas()
    {
        (int exitCode, string output, _) = await RunAsync("status", "--output", "json");
        Assert.Equal(0, exitCode);
        JsonElement root = JsonDocument.Parse(output).RootElement;
        Assert.Equal("HEALTHY", root.GetProperty("status").GetString());
        JsonElement node = root.GetProperty("nodes")[0];
        Assert.Equal((1, true, true), (node.GetProperty("id").GetInt32(), node.GetProperty("online").GetBoolean(), node.GetProperty("ready").GetBoolean()));
        JsonElement group = root.GetProperty("groups")[1];
        Assert.Equal((1, 2, 3L), (group.GetProperty("group").GetInt32(), group.GetProperty("leader").GetInt32(), group.GetProperty("term").GetInt64()));
        Assert.Equal(123L, group.GetProperty("applied").GetInt64());
        Assert.False(group.TryGetProperty("id", out _));
        JsonElement replica = group.GetProperty("replicas")[2];
        Assert.Equal((3, 123L), (replica.GetProperty("node").GetInt32(), replica.GetProperty("applied").GetInt64()));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task The_exit_code_of_status_is_the_verdict(string format)
    {
        _cluster.Status.Nodes[2].Online = false;
        Assert.Equal(1, (await RunAsync("status", "-o", format)).ExitCode);
        _cluster.Status.Groups[1].Leader = 0;
        (int exitCode, string output, _) = await RunAsync("status", "-o", format);
        Assert.Equal(2, exitCode);
        Assert.Contains("NO QUORUM", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_node_answers_the_exit_code_is_3()
    {
        (int exitCode, _, string error) = await RunAtAsync("127.0.0.1:1,127.0.0.1:2", "status");
        Assert.Equal(3, exitCode);
        Assert.Contains("127.0.0.1:2: ", error, StringComparison.Ordinal);
        (exitCode, string output, _) = await RunAtAsync("127.0.0.1:1", "status", "-o", "json");
        Assert.Equal((3, "UNREACHABLE"), (exitCode, JsonDocument.Parse(output).RootElement.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Of_several_nodes_the_first_that_answers_is_asked() =>
        Assert.Equal(0, (await RunAtAsync($"127.0.0.1:1,127.0.0.1:{_server.LocalEndPoint.Port}", "status")).ExitCode);

    [Fact]
    public async Task A_node_that_does_not_answer_in_time_is_passed_over()
    {
        _cluster.Gate = new TaskCompletionSource();
        (int exitCode, _, string error) = await RunAsync("status", "--timeout", "1");
        Assert.Equal(3, exitCode);
        Assert.Contains("no answer within 1 s", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_that_agree_are_consistent()
    {
        AddChecksums((0, 1, 50, 0xAA, ""), (0, 2, 50, 0xAA, ""), (1, 1, 70, 0xBB, ""), (1, 2, 70, 0xBB, ""));
        (int exitCode, string output, _) = await RunAsync("consistency-check");
        Assert.Equal(0, exitCode);
        Assert.Contains("group 0 (system): 2 replicas agree at index 50 (3 records, checksum aaaaaaaaaaaaaaaa)", output, StringComparison.Ordinal);
        Assert.EndsWith("Consistency: CONSISTENT\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_that_differ_are_named()
    {
        AddChecksums((0, 1, 50, 0xAA, ""), (0, 2, 50, 0xAA, ""), (1, 1, 70, 0xBB, ""), (1, 3, 70, 0xCC, ""));
        (int exitCode, string output, _) = await RunAsync("consistency-check");
        Assert.Equal(1, exitCode);
        Assert.Contains(
            "group 1 (shard 0): DIFFERENT: node 1: checksum bbbbbbbbbbbbbbbb at index 70; node 3: checksum cccccccccccccccc at index 70", output, StringComparison.Ordinal);
        (exitCode, output, _) = await RunAsync("consistency-check", "-o", "json");
        Assert.Equal(1, exitCode);
        JsonElement group = JsonDocument.Parse(output).RootElement.GetProperty("groups")[1];
        Assert.Equal("DIFFERENT", group.GetProperty("consistency").GetString());
        Assert.Equal("cccccccccccccccc", group.GetProperty("replicas")[1].GetProperty("checksum").GetString());
    }

    [Fact]
    public async Task The_first_differing_key_is_named()
    {
        AddChecksums((1, 1, 70, 0xBB, ""), (1, 2, 70, 0xBB, ""), (1, 3, 70, 0xCC, ""));
        for (int i = 0; i < 3; i++)
        {
            _cluster.Checksums[i].Record = new DifferingRecord
            {
                Key = ByteString.CopyFrom(1, 0, 0, 0, 0x11), Name = "inode 17", Present = i < 2, Length = i < 2 ? 61u : 0, Checksum = i < 2 ? 0x3FA9u : 0,
            };
        }

        (int exitCode, string output, _) = await RunAsync("consistency-check");
        Assert.Equal(1, exitCode);
        Assert.Contains("\n  first differing key: inode 17 (01 00 00 00 11): nodes 1, 2: 61 bytes 0000000000003fa9; node 3: absent\n", output, StringComparison.Ordinal);
        (_, output, _) = await RunAsync("consistency-check", "-o", "json");
        JsonElement key = JsonDocument.Parse(output).RootElement.GetProperty("groups")[0].GetProperty("firstDifferingKey");
        Assert.Equal(("0100000011", "inode 17", false), (key.GetProperty("key").GetString(), key.GetProperty("name").GetString(), key.GetProperty("values")[2].GetProperty("present").GetBoolean()));

        foreach (ReplicaChecksum checksum in _cluster.Checksums)
        {
            (checksum.Record, checksum.Unnamed) = (null, "a second look finds none: it was overwritten meanwhile");
        }

        (_, output, _) = await RunAsync("consistency-check");
        Assert.Contains("\n  first differing key: not named: a second look finds none: it was overwritten meanwhile\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Crdt_state_is_compared_as_well()
    {
        AddChecksums((0, 1, 50, 0xAA, ""), (0, 2, 50, 0xAA, ""));
        var stream = new ComparedStream { ChunkServer = 1, Epoch = 7, Seen = 246 };
        stream.Contents.AddRange(Enumerable.Range(1, 3).Select(static n => new ComparedContent { Node = (uint)n, Copies = 245, Checksum = 0x3FA0, Register = 9 }));
        _cluster.Compared.Streams.Add(stream);
        (int exitCode, string output, _) = await RunAsync("consistency-check");
        Assert.Equal(0, exitCode);
        Assert.EndsWith("\nCRDT state: chunkserver 1: 3 nodes agree at change 246 (245 copies, checksum 0000000000003fa9)\nConsistency: CONSISTENT\n", output, StringComparison.Ordinal);

        // Groups agree, and yet something differs.
        stream.Contents[2].Copies = 244;
        stream.Chunk = new DifferingChunk
        {
            Chunk = 0x11, Copies = { new DifferingCopy { Node = 1, Present = true, Version = 3, Sequence = 120 }, new DifferingCopy { Node = 2, Present = true, Version = 3, Sequence = 120 }, new DifferingCopy { Node = 3 } },
        };
        (exitCode, output, _) = await RunAsync("consistency-check");
        Assert.Equal(1, exitCode);
        Assert.EndsWith(
            "\n  first differing chunk, in the order of changes: 0000000000000011: nodes 1, 2: version 3, change 120; node 3: absent\nConsistency: DIFFERENT\n", output, StringComparison.Ordinal);
        (exitCode, output, _) = await RunAsync("consistency-check", "-o", "json");
        JsonElement json = JsonDocument.Parse(output).RootElement;
        JsonElement first = json.GetProperty("crdt").GetProperty("streams")[0];
        Assert.Equal((1, "DIFFERENT", 246), (exitCode, json.GetProperty("consistency").GetString(), first.GetProperty("change").GetInt32()));
        Assert.Equal(("0000000000000011", 120), (first.GetProperty("firstDifferingChunk").GetProperty("chunk").GetString(), first.GetProperty("firstDifferingChunk").GetProperty("copies")[0].GetProperty("change").GetInt32()));

        // Not compared is no verdict, unless something else differs.
        _cluster.Compared.Streams.Clear();
        _cluster.Compared.Streams.Add(new ComparedStream { ChunkServer = 1, Epoch = 7, Obstacle = "it changes too fast" });
        (exitCode, output, _) = await RunAsync("consistency-check");
        Assert.Equal(2, exitCode);
        Assert.EndsWith("\nCRDT state: chunkserver 1: INCOMPLETE: not compared: it changes too fast\nConsistency: INCOMPLETE\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_that_could_not_be_asked_makes_the_check_incomplete()
    {
        AddChecksums((0, 1, 50, 0xAA, ""), (0, 2, 0, null, "offline"));
        (int exitCode, string output, _) = await RunAsync("consistency-check");
        Assert.Equal(2, exitCode);
        Assert.Contains("INCOMPLETE: node 1: checksum aaaaaaaaaaaaaaaa at index 50; node 2: offline", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checksums_of_different_indexes_are_not_compared()
    {
        AddChecksums((0, 1, 50, 0xAA, ""), (0, 2, 51, 0xBB, ""));
        Assert.Equal(2, (await RunAsync("consistency-check")).ExitCode);
        _cluster.Checksums.Clear();
        Assert.Equal(2, (await RunAsync("consistency-check")).ExitCode);
    }

    [Fact]
    public async Task Membership_and_leadership_requests_arrive_as_typed()
    {
        Assert.Equal((0, "node 3 removed; groups changed: 0, 1\n", ""), await RunAsync("node", "remove", "3"));
        Assert.Equal((0, "{\"node\":3,\"outcome\":\"added\",\"groups\":[0,1]}\n", ""), await RunAsync("node", "add", "3", "--address", "host-c", "-o", "json"));
        Assert.Equal(0, (await RunAsync("node", "add", "4", "--address", "10.0.0.4:7000")).ExitCode);
        Assert.Equal((0, "group 1 (shard 0): node 2 leads in term 4\n", ""), await RunAsync("resign", "1", "--to", "2"));
        Assert.Equal(
            [
                new RemoveNodeRequest { Node = 3 },
                new AddNodeRequest { Node = 3, Host = "host-c", Port = 9430 },
                new AddNodeRequest { Node = 4, Host = "10.0.0.4", Port = 7000 },
                new ResignRequest { Group = 1, Successor = 2 },
            ],
            _cluster.Requests);
    }

    [Theory]
    [InlineData(AdminFailure.NotFound, 1)]
    [InlineData(AdminFailure.Refused, 1)]
    [InlineData(AdminFailure.Unavailable, 2)]
    public async Task A_refusal_is_printed_with_an_exit_code_of_its_kind(AdminFailure failure, int code)
    {
        _cluster.Refusal = new AdminException(failure, "for a reason");
        (int exitCode, _, string error) = await RunAsync("resign", "1");
        Assert.Equal(code, exitCode);
        Assert.StartsWith("for a reason", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node", "remove", "0")]
    [InlineData("node", "remove", "70000")]
    [InlineData("node", "add", "3")]
    [InlineData("node", "add", "3", "--address", "a b")]
    [InlineData("resign")]
    [InlineData("resign", "-1")]
    [InlineData("status", "--timeout", "0")]
    [InlineData("export-metadata")]
    [InlineData("export-metadata", "--output", "file", "--format", "2.0")]
    [InlineData("nonsense")]
    public async Task A_wrong_command_line_is_not_confused_with_a_degraded_cluster(params string[] arguments)
    {
        Assert.Equal(64, (await RunAsync(arguments)).ExitCode);
        Assert.Empty(_cluster.Requests);
    }

    private void AddChecksums(params (uint Group, uint Node, ulong Index, byte? Fill, string Error)[] checksums) =>
        _cluster.Checksums.AddRange(checksums.Select(c => new ReplicaChecksum
        {
            Group = c.Group,
            Node = c.Node,
            Index = c.Index,
            Records = 3,
            Error = c.Error,
            Checksum = c.Fill is { } fill ? ByteString.CopyFrom([.. Enumerable.Repeat(fill, 8)]) : ByteString.Empty,
        }));

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        RunAtAsync($"127.0.0.1:{_server.LocalEndPoint.Port}", arguments);

    private static async Task<(int ExitCode, string Output, string Error)> RunAtAsync(string hosts, params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int exitCode = await AdminCommand.RunAsync([.. arguments, "--host", hosts], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
