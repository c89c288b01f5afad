namespace MfsHa.Cluster.Caches;

/// <summary>
/// Which sessions' kernels may keep the data of a file that they have cached when they open it again (client-protocol 3.8; mfsmaster/datacachemgr.c). Kept in memory by the
/// leader of a shard and void under another leader: a mark that is missing costs a client its cache, a wrong one would show it old data. Thread-safe.
/// </summary>
public sealed class KeepCacheMarks(TimeProvider clock)
{
    /// <summary>Most marks; when there are more all are forgotten.</summary>
    public const int MaxMarks = 100_000;

    /// <summary>Shorter than the shortest time after which the number of a removed file may name another one (INODE_REUSE_DELAY).</summary>
    private static readonly TimeSpan ValidFor = TimeSpan.FromSeconds(250);

    private readonly Lock gate = new();
    private readonly Dictionary<uint, Dictionary<uint, (bool IsSet, long Since)>> byInode = [];
    private long term;
    private int count;

    /// <summary>
    /// True when nobody but the session has changed the file since it was read into its cache. From now on the session is watched.
    /// </summary>
    /// <param name="currentTerm">Term of the leader that asks; marks of other terms are void.</param>
    /// <param name="inode">The file.</param>
    /// <param name="session">The session.</param>
    public bool Ask(long currentTerm, uint inode, uint session)
    {
        lock (gate)
        {
            Enter(currentTerm);
            if (Find(inode, session) is { } mark && clock.GetElapsedTime(mark.Since) < ValidFor)
            {
                return mark.IsSet;
            }

            Put(inode, session, isSet: false);
            return false;
        }
    }

    /// <summary>The session reads the file into its cache. Counts only while it is watched: a change in between has ended that.</summary>
    /// <param name="currentTerm">Term of the leader.</param>
    /// <param name="inode">The file.</param>
    /// <param name="session">The session.</param>
    public void Set(long currentTerm, uint inode, uint session)
    {
        lock (gate)
        {
            Enter(currentTerm);
            if (Find(inode, session) is not null)
            {
                Put(inode, session, isSet: true);
            }
        }
    }

    /// <summary>The session changes the file: nobody else may keep it.</summary>
    public void Change(uint inode, uint session)
    {
        lock (gate)
        {
            if (!byInode.TryGetValue(inode, out var sessions))
            {
                return;
            }

            var own = sessions.TryGetValue(session, out var mark);
            count -= sessions.Count;
            if (own)
            {
                sessions.Clear();
                sessions.Add(session, mark with { IsSet = true });
                count++;
            }
            else
            {
                byInode.Remove(inode);
            }
        }
    }

    /// <summary>Nobody may keep anything.</summary>
    public void Clear()
    {
        lock (gate)
        {
            byInode.Clear();
            count = 0;
        }
    }

    private void Enter(long currentTerm)
    {
        if (term != currentTerm)
        {
            term = currentTerm;
            byInode.Clear();
            count = 0;
        }
    }

    private (bool IsSet, long Since)? Find(uint inode, uint session) =>
        byInode.TryGetValue(inode, out var sessions) && sessions.TryGetValue(session, out var mark) ? mark : null;

    private void Put(uint inode, uint session, bool isSet)
    {
        if (count >= MaxMarks && Find(inode, session) is null)
        {
            byInode.Clear();
            count = 0;
        }

        if (!byInode.TryGetValue(inode, out var sessions))
        {
            byInode.Add(inode, sessions = []);
        }

        count += sessions.ContainsKey(session) ? 0 : 1;
        sessions[session] = (isSet, clock.GetTimestamp());
    }
}
