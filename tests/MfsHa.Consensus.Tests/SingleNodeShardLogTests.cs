using System.Text;
using MfsHa.Consensus.Tests.Harness;
using MfsHa.NodeLink;
using MfsHa.TestDoubles;
using Xunit;

namespace MfsHa.Consensus.Tests;

/// <summary>The double behaves as the real one where upper layers can tell.</summary>
public sealed class SingleNodeShardLogTests
{
    private readonly TestMachine _machine = new(new TestDisk());
    private readonly SingleNodeShardLog _log;

    public SingleNodeShardLogTests() => _log = new SingleNodeShardLog(5, _machine);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_are_applied_in_order_and_answered()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => PutAsync($"{i}")));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i == 0 ? null : $"{i - 1}"), results.Select(r => r.Previous));
        await _log.ReadBarrierAsync(Cancellation);
    }

    [Fact]
    public async Task Held_commands_share_an_entry()
    {
        _log.Hold();
        var puts = Enumerable.Range(0, 5).Select(i => PutAsync($"{i}")).ToArray();
        Assert.Equal(0, _log.AppliedIndex);
        _log.Release();
        Assert.Equal(5, (await Task.WhenAll(puts)).Select(r => r.Position).Distinct().Count());
        Assert.Equal(1, _log.AppliedIndex);
    }

    [Fact]
    public async Task A_lost_answer_is_ambiguous()
    {
        _log.LoseNextAnswer();
        await Assert.ThrowsAsync<NotLeaderException>(() => PutAsync("a"));
        _log.LoseNextProposal();
        await Assert.ThrowsAsync<NotLeaderException>(() => PutAsync("b"));
        _log.RejectNextProposal();
        await Assert.ThrowsAsync<ProposalRejectedException>(() => PutAsync("c"));
        Assert.Equal("a", (await PutAsync("d")).Previous);
    }

    [Fact]
    public async Task Without_leadership_nothing_is_taken()
    {
        var seen = new List<Leadership>();
        _log.LeadershipChanged += seen.Add;
        _log.LoseLeadership(new NodeId(2));
        await Assert.ThrowsAsync<ProposalRejectedException>(() => PutAsync("a"));
        await Assert.ThrowsAsync<NotLeaderException>(async () => await _log.ReadBarrierAsync(Cancellation));
        _log.GainLeadership();
        await PutAsync("a");
        Assert.Equal([false, true], seen.Select(l => l.IsReady));
        Assert.Equal([2L, 3L], seen.Select(l => l.Term));
    }

    private async Task<PutResult> PutAsync(string value) => (PutResult)await _log.ProposeAsync(Encoding.UTF8.GetBytes($"k={value}"), Cancellation);
}
