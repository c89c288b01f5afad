using System.Net;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Environments;

/// <summary>What probes and scripts may rely on when <c>/readyz</c> says yes.</summary>
public sealed class ReadinessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Node_that_says_it_is_ready_takes_clients_at_once()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, cancellation: Cancellation);
        foreach (var node in cluster.Nodes)
        {
            node.Start();
        }
        await Task.WhenAll(cluster.Nodes.Select(async node =>
        {
            await Deadline.WaitAsync($"node {node.Id} is ready", Limit, async token => await node.IsReadyAsync(token), Cancellation);
            using var connection = await environment.Observer.ConnectAsync(new IPEndPoint(node.Host.Address, MooseFsPorts.Client), Cancellation);
            Assert.True(connection.Connected);
        }));
    }
}
