using System.Diagnostics;
using DotNext.Net.Cluster.Consensus.Raft;

namespace MfsHa.Consensus;

/// <summary>DotNext's member of a group, with what it keeps from others opened.</summary>
/// <param name="configuration">The library's settings.</param>
/// <param name="restraint">For so long after it has resigned, this member lets others go first.</param>
internal sealed class GroupCluster(RaftCluster.NodeConfiguration configuration, TimeSpan restraint) : RaftCluster(configuration)
{
    private long _resignedAt;
    private long _nominatedAt;
    private bool _standsBack;

    /// <summary>Whether this node lets others go first, as long as it is drained.</summary>
    public bool StandsBack
    {
        get => Volatile.Read(ref _standsBack);
        set => Volatile.Write(ref _standsBack, value);
    }

    /// <summary>Whether this node has given leadership away a moment ago.</summary>
    public bool HasJustResigned => Volatile.Read(ref _resignedAt) is var at and not 0 && Stopwatch.GetElapsedTime(at) < restraint;

    /// <summary>Whether a leader that gave leadership away wanted this node to follow it.</summary>
    public bool IsNominated => Volatile.Read(ref _nominatedAt) is var at and not 0 && Stopwatch.GetElapsedTime(at) < restraint;

    /// <summary>The leader wants this node to stand first, soon.</summary>
    public void Nominate() => Volatile.Write(ref _nominatedAt, Stopwatch.GetTimestamp());

    /// <summary>Gives leadership away; false, and nothing is sent to anybody, when this node does not lead.</summary>
    public async ValueTask<bool> ResignHereAsync(CancellationToken cancellation)
    {
        if (Leader is { IsRemote: false })
        {
            Volatile.Write(ref _nominatedAt, 0);
            Volatile.Write(ref _resignedAt, Stopwatch.GetTimestamp());
        }

        return await ResignAsync(cancellation).ConfigureAwait(false);
    }
}
