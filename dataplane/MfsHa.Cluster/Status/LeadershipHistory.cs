using MfsHa.Consensus;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Status;

/// <summary>What one node has seen of a group's elections since its process started. Terms that begin and end between two looks of the node count as failed. Thread-safe.</summary>
public sealed class LeadershipHistory
{
    /// <summary>Changes of the leader that are remembered; older ones are forgotten first.</summary>
    public const int MaxChanges = 10_000;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly Queue<long> changes = new();
    private long term;
    private bool hasLeader = true;
    private NodeId leader;
    private long elections;
    private long failed;

    /// <summary>Begins with what is known now: the term that the process started in is none that it has seen begin.</summary>
    public LeadershipHistory(Leadership now, TimeProvider clock)
    {
        this.clock = clock;
        (term, leader) = (now.Term, now.Leader);
    }

    /// <summary>Terms that have begun, those of them without a leader, and changes from one leader to another within the last 24 hours.</summary>
    public (long Elections, long Failed, int LeaderChanges) Counts
    {
        get
        {
            lock (gate)
            {
                Forget();
                return (elections, failed, changes.Count);
            }
        }
    }

    /// <summary>Notes what is known now.</summary>
    public void Note(Leadership now)
    {
        lock (gate)
        {
            if (now.Term > term)
            {
                elections += now.Term - term;
                failed += now.Term - term - (hasLeader ? 1 : 0);
                (term, hasLeader) = (now.Term, false);
            }

            if (now.Leader == NodeId.None || now.Term < term)
            {
                return;
            }

            hasLeader = true;
            if (leader != NodeId.None && now.Leader != leader)
            {
                changes.Enqueue(clock.GetTimestamp());
                Forget();
            }

            leader = now.Leader;
        }
    }

    private void Forget()
    {
        while (changes.TryPeek(out var oldest) && (changes.Count > MaxChanges || clock.GetElapsedTime(oldest) > Day))
        {
            changes.Dequeue();
        }
    }
}
