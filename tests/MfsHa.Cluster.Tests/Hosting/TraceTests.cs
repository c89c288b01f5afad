using System.Collections.Concurrent;
using System.Diagnostics;
using MfsHa.Cluster.Tracing;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Protocol;
using Xunit;

namespace MfsHa.Cluster.Tests.Hosting;

public sealed class TraceTests
{
    private const ushort Shards = 4;

    /// <summary>A rename between directories of two shards, asked of each node in turn, so that at least two of them have to pass it on.</summary>
    [Fact]
    public async Task One_requests_life_is_one_tree_over_all_nodes_and_shards()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await InProcessCluster.StartAsync(cancellation, Shards);
        var hosts = cluster.Hosts.Select(static h => h!.Cluster).ToArray();
        var directories = new List<uint>();
        for (var i = 0; i < 100 && directories.Select(static d => ShardLayout.ShardOf(d, Shards)).Distinct().Count() < 2; i++)
        {
            directories.Add(await MakeAsync(new MakeDirectory(1, new Name($"d{i}"), 0x1FF, 0, CopySgid: false, Callers.Root)));
        }

        var (from, to) = (directories[0], directories[^1]);
        ConcurrentBag<Activity> ended = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == Traces.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        for (var node = 0; node < hosts.Length; node++)
        {
            var name = new Name($"f{node}");
            await MakeAsync(new MakeNode(from, name, NodeType.File, 0x1ED, 0, 0, Callers.Root));
            ActivityTraceId trace;
            using (var root = Traces.BeginRequest(PacketType.Rename, session: 1, messageId: 7))
            {
                trace = root!.TraceId;
                Assert.Equal(StatusCode.Ok, (await hosts[node].ExecuteAsync(new Rename(from, name, to, name, RenameMode.Standard, Callers.Root), cancellation)).Status);
            }

            // What follows the decision is carried out after the answer.
            var spans = await TreeAsync(trace, "propose FinishTransaction");
            string[] wanted = ["Rename", "call Rename", "transaction Rename", "call PrepareTransaction", "propose PrepareTransaction", "propose DecideTransaction", "call FinishTransaction"];
            Assert.All(wanted, name => Assert.Contains(spans, s => s.DisplayName == name));
            var ids = spans.Select(static s => s.SpanId).ToHashSet();
            Assert.All(spans, s => Assert.True(s.ParentSpanId == default ? s.DisplayName == "Rename" : ids.Contains(s.ParentSpanId), $"{s.DisplayName} has no parent"));
            Assert.All(spans.Where(static s => s.DisplayName.StartsWith("serve ", StringComparison.Ordinal)), static s => Assert.True(s.HasRemoteParent));
        }

        Assert.Contains(ended, static s => s.DisplayName == "serve Rename");

        async Task<uint> MakeAsync(Command command) => Assert.IsType<NodeReply>(await hosts[0].ExecuteAsync(command, cancellation)).Inode;

        async Task<List<Activity>> TreeAsync(ActivityTraceId trace, string last)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(TimeSpan.FromSeconds(30));
            while (true)
            {
                var spans = ended.Where(s => s.TraceId == trace).ToList();

                // A span ends after those below it: when the last one's ancestors are there, all of them are.
                if (spans.Exists(s => s.DisplayName == last) && spans.TrueForAll(s => s.ParentSpanId == default || spans.Exists(p => p.SpanId == s.ParentSpanId)))
                {
                    return spans;
                }

                await Task.Delay(20, limited.Token);
            }
        }
    }
}
