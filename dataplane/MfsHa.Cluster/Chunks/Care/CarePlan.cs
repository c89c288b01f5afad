namespace MfsHa.Cluster.Chunks.Care;

/// <summary>
/// Decides what a chunk needs next; pure. The first matching step counts (chunkserver-protocol 7.2; `mfsmaster/chunks.c: chunk_do_jobs`).
/// <para>Only copies on chunkservers that are present are a reason to let others go; what is absent, in maintenance, damaged, condemned or of another version
/// never is. A copy that is absent for a while only is not replaced either.</para>
/// </summary>
public static partial class CarePlan
{
    /// <summary>The next step for a chunk.</summary>
    public static CareDecision Decide(ChunkCase chunk, CareServers servers, ICareLimits limits, in CareRules rules)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        ArgumentNullException.ThrowIfNull(servers);
        ArgumentNullException.ThrowIfNull(limits);
        if (!servers.IsSettled || chunk.HasParts)
        {
            return CareDecision.None;
        }

        if (chunk.IsCondemned)
        {
            return Remove(chunk, servers, limits);
        }

        if (chunk.IsLocked)
        {
            return CareDecision.Later;
        }

        if (chunk.References == 0)
        {
            return new CareDecision(CareStep.Condemn);
        }

        if (chunk.CondemnedAt.Count > 0 && RemoveCondemned(chunk, servers, limits) is { } removal)
        {
            return removal;
        }

        if (chunk.Wanted is not { Count: > 0 } wanted)
        {
            return CareDecision.None;
        }

        var picture = new CopyPicture(chunk, servers);
        if (picture.Readable + picture.Awaited == 0)
        {
            return picture.AnyGood ? CareDecision.None : Heal(chunk, wanted, servers, picture);
        }

        return Complete(chunk, wanted, servers, limits, picture)
            ?? Clean(chunk, wanted, servers, picture)
            ?? Reduce(chunk, wanted, picture)
            ?? Improve(chunk, wanted, servers, limits, rules, picture)
            ?? CareDecision.None;
    }

    // A chunk that goes: copies first, of whatever version, then the record. Absent chunkservers may have copies that nobody knows of: as long as one is absent the record stays.
    private static CareDecision Remove(ChunkCase chunk, CareServers servers, ICareLimits limits)
    {
        if (chunk.Copies.Count == 0)
        {
            return servers.AllArePresent ? new CareDecision(CareStep.Forget) : CareDecision.None;
        }

        return DeleteAt(chunk.Copies.Select(static c => c.Server).Distinct(), servers, limits);
    }

    private static CareDecision? RemoveCondemned(ChunkCase chunk, CareServers servers, ICareLimits limits)
    {
        ushort[] gone = [.. chunk.CondemnedAt.Where(id => servers.Find(id) is not { } server || (server.IsPresent && !Has(chunk, id)))];
        if (gone.Length > 0)
        {
            return new CareDecision(CareStep.ForgetCopies) { Servers = gone };
        }

        var deletion = DeleteAt(chunk.CondemnedAt.Where(id => Has(chunk, id)), servers, limits);
        return deletion.Step == CareStep.None ? null : deletion;
    }

    private static CareDecision DeleteAt(IEnumerable<ushort> holders, CareServers servers, ICareLimits limits)
    {
        ushort[] reachable = [.. holders.Where(id => servers.Find(id) is { IsPresent: true })];
        if (reachable.Length == 0)
        {
            return CareDecision.None;
        }

        ushort[] now = [.. reachable.Where(limits.MayDelete)];
        return now.Length > 0 ? new CareDecision(CareStep.Delete) { Servers = now } : CareDecision.Blocked(CarePriority.Deletion);
    }

    private static bool Has(ChunkCase chunk, ushort server) => chunk.Copies.Any(c => c.Server == server);

    /// <summary>
    /// No copy has the committed version (chunkserver-protocol 5.4). Larger by one: the copies are right. Smaller by one: the order that was committed last was not
    /// executed, and is given again; so the version is not used twice. Not while a chunkserver may have a copy that nobody knows of, and never a copy of which nobody knows the
    /// version.
    /// </summary>
    private static CareDecision Heal(ChunkCase chunk, WantedCopies wanted, CareServers servers, CopyPicture picture)
    {
        List<CopyCase> readable = [.. picture.Bad.Where(static c => !c.IsDamaged && c.Version != 0)];
        if (readable.Count == 0 || !servers.All.All(s => s.IsPresent || (s.HasListing && !Has(chunk, s.Id))))
        {
            return CareDecision.None;
        }

        var best = readable.Max(static c => c.Version);
        ushort[] holders = [.. readable.Where(c => c.Version == best && (best > chunk.Version || chunk.HealedOnlyAt?.Contains(c.Server) != false)).Select(static c => c.Server)];
        if (holders.Length == 0)
        {
            return CareDecision.None;
        }

        if (best + 1 == chunk.Version && (chunk.VersionBeforeWork == best || holders.Length >= wanted.Count))
        {
            return new CareDecision(CareStep.RaiseCopies, CarePriority.Endangered) { Servers = holders, Version = best };
        }

        return best == chunk.Version + 1 && holders.Length >= wanted.Count
            ? new CareDecision(CareStep.AdoptVersion, CarePriority.Endangered) { Version = best }
            : CareDecision.None;
    }

    // Damaged copies and those of another version go when there are enough good ones, or when they are in the way of a good one.
    private static CareDecision? Clean(ChunkCase chunk, WantedCopies wanted, CareServers servers, CopyPicture picture)
    {
        if (picture.Bad.Count == 0)
        {
            return null;
        }

        var isEnough = picture.Regular.Count >= wanted.Count;
        var isInTheWay = picture.Readable >= 1
            && picture.Lasting < wanted.Count
            && !Candidates(chunk, servers, emergency: true).Any();
        return isEnough || isInTheWay
            ? new CareDecision(CareStep.CondemnCopies)
            {
                Servers = [.. picture.Bad.Select(static c => c.Server)],
                Keep = [.. picture.Regular.Concat(picture.Marked).Concat(picture.Resting).Select(static s => s.Id)],
            }
            : null;
    }

    // One copy too many goes: first from disks marked for removal, then what no label needs, then from the fullest chunkserver.
    private static CareDecision? Reduce(ChunkCase chunk, WantedCopies wanted, CopyPicture picture)
    {
        var regular = picture.Regular;
        if (regular.Count < wanted.Count || regular.Count + picture.Marked.Count <= wanted.Count)
        {
            return null;
        }

        var victim = picture.Marked.OrderByDescending(static s => s.Usage).FirstOrDefault();
        if (victim is null)
        {
            List<CareServer> order = [.. regular.OrderBy(static s => s.Usage).ThenBy(s => Spread(chunk.Id, s.Id))];
            var needed = LabelMatching.Match(wanted, order);
            victim = order[Array.LastIndexOf(needed, false)];
        }

        return new CareDecision(CareStep.CondemnCopies)
        {
            Servers = [victim.Id],
            Keep = [.. regular.Where(s => s.Id != victim.Id).Select(static s => s.Id)],
        };
    }

    /// <summary>A different order of equal chunkservers for each chunk.</summary>
    private static ulong Spread(ulong chunk, ushort server) => ((chunk ^ ((ulong)server << 40)) * 0x9E37_79B9_7F4A_7C15) >> 13;
}
