using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>failover-test --execute</c>: leaders go from one node after the other, under a load of small changes of every group.</summary>
internal static class FailoverExecution
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task<int> RunAsync(OperationsCall calls, ParseResult parsed, CancellationToken cancellation)
    {
        ClusterStatus status = await calls.StatusAsync(parsed, cancellation);
        if (status.Nodes.Count(static n => n.Online) < 2)
        {
            throw new UsageException("failover-test: there is nobody else who could lead");
        }

        var steps = new List<Step> { await MeasureAsync(calls, parsed, 0, static () => Task.FromResult<IReadOnlyList<LeaderMove>>([]), cancellation) };
        foreach (NodeStatus node in status.Nodes.Where(static n => n.Online).OrderBy(static n => n.Id))
        {
            steps.Add(await MeasureAsync(
                calls,
                parsed,
                node.Id,
                async () => (await calls.CallAsync(parsed, (client, call) => client.ElectLeadersAsync(new ElectLeadersRequest { Node = node.Id }, call), cancellation, isLong: true)).Moves,
                cancellation));
        }

        await calls.WriteAsync<Step[]>(parsed, [.. steps], static all => [.. all.Select(static s => s.ToText()), VerdictOf(all)]);
        return steps.All(static s => s.IsWell) ? ExitCode.Done : ExitCode.Trouble;
    }

    internal static string VerdictOf(IReadOnlyCollection<Step> steps) => steps.All(static s => s.IsWell)
        ? string.Create(CultureInfo.InvariantCulture, $"Failover: all {steps.Sum(static s => s.Probes)} changes were made, the longest took {steps.Max(static s => s.LongestMilliseconds):0} ms")
        : "Failover: NOT WELL";

    private static async Task<Step> MeasureAsync(OperationsCall calls, ParseResult parsed, uint node, Func<Task<IReadOnlyList<LeaderMove>>> fault, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<Load> load = ProbeAsync(calls, parsed, enough.Token, cancellation);
        await Task.Delay(Calm, cancellation);
        IReadOnlyList<LeaderMove> moves = await fault();
        await Task.Delay(Calm, cancellation);
        await enough.CancelAsync();
        Load found = await load;
        return new Step(node, [.. moves.Select(static m => m.Group)], [.. moves.Where(static m => m.To == 0).Select(static m => m.Group)], found.Count, found.Longest, found.Error);
    }

    private static async Task<Load> ProbeAsync(OperationsCall calls, ParseResult parsed, CancellationToken enough, CancellationToken cancellation)
    {
        var load = new Load(0, 0, null);
        while (!enough.IsCancellationRequested)
        {
            ProbeGroupsReply reply = await calls.CallAsync(parsed, static (client, call) => client.ProbeGroupsAsync(new ProbeGroupsRequest(), call), cancellation, isLong: true);
            load = new Load(
                load.Count + reply.Groups.Count,
                reply.Groups.Select(static g => g.Microseconds / 1000d).Append(load.Longest).Max(),
                load.Error ?? reply.Groups.Where(static g => g.Error.Length > 0).Select(static g => $"{GroupNames.Of(g.Group)}: {g.Error}").FirstOrDefault());
            await Task.Delay(Pause, cancellation);
        }

        return load;
    }

    /// <summary>What one node's giving away has meant; node 0: nothing was touched.</summary>
    internal sealed record Step(uint Node, IReadOnlyList<uint> GivenAway, IReadOnlyList<uint> WithoutLeader, int Probes, double LongestMilliseconds, string? Error)
    {
        public bool IsWell => Error is null && WithoutLeader.Count == 0;

        public string ToText()
        {
            string what = Node == 0 ? "Nothing touched" : GivenAway.Count == 0 ? $"Node {Node} leads nothing" : $"Node {Node} gives away {GroupNames.Of(GivenAway)}";
            string trouble = WithoutLeader.Count > 0 ? $"; NO LEADER for {GroupNames.Of(WithoutLeader)}" : Error is not null ? $"; FAILED: {Error}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{what}: {Probes} changes, the longest took {LongestMilliseconds:0} ms{trouble}");
        }
    }

    private sealed record Load(int Count, double Longest, string? Error);
}
