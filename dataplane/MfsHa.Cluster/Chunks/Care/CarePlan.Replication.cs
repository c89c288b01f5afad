namespace MfsHa.Cluster.Chunks.Care;

public static partial class CarePlan
{
    private const double FarFactor = 1.5;
    private const double UsageStep = 0.01;

    // Fewer copies than wanted, those in maintenance or absent for a moment not missing.
    private static CareDecision? Complete(ChunkCase chunk, WantedCopies wanted, CareServers servers, ICareLimits limits, CopyPicture picture)
    {
        if (picture.Lasting >= wanted.Count || picture.Readable == 0)
        {
            return null;
        }

        var isEndangered = picture.Readable + picture.Awaited == 1;
        var kind = isEndangered ? ReplicationKind.Endangered : ReplicationKind.Undergoal;
        var priority = isEndangered ? CarePriority.Endangered : CarePriority.Undergoal;
        var candidates = Preferred(chunk, Candidates(chunk, servers, isEndangered), limits);
        if (candidates.Count == 0)
        {
            return null;
        }

        var proper = ProperOf(wanted, [.. picture.Regular, .. picture.Resting], candidates);
        if (proper.Count == 0)
        {
            if (wanted.Strictness == Metadata.StorageClasses.LabelsMode.Strict)
            {
                return null;
            }

            // Standard: a busy server of the right labels is worth waiting for.
            var busy = ProperOf(wanted, [.. picture.Regular, .. picture.Resting], [.. Candidates(chunk, servers, emergency: true)]);
            if (busy.Count > 0 && wanted.Strictness == Metadata.StorageClasses.LabelsMode.Standard && !isEndangered)
            {
                return CareDecision.Blocked(priority);
            }

            proper = candidates;
        }

        return Replication(picture, proper, limits, kind, priority);
    }

    // All copies are there: are they where they should be?
    private static CareDecision? Improve(
        ChunkCase chunk, WantedCopies wanted, CareServers servers, ICareLimits limits, in CareRules rules, CopyPicture picture)
    {
        if (picture.Regular.Count != wanted.Count || picture.Marked.Count + picture.Resting.Count + picture.Awaited + picture.Bad.Count + chunk.CondemnedAt.Count > 0)
        {
            return null;
        }

        if (!wanted.IsAnywhere)
        {
            var matched = LabelMatching.Match(wanted, picture.Regular).Count(static m => m);
            if (matched < wanted.Count)
            {
                var candidates = Preferred(chunk, Candidates(chunk, servers, emergency: false), limits);
                var proper = ProperOf(wanted, picture.Regular, candidates);
                if (proper.Count > 0)
                {
                    return Replication(picture, proper, limits, ReplicationKind.Undergoal, CarePriority.WrongLabels);
                }
            }
        }

        return rules.Balance ? Balance(chunk, wanted, servers, limits, rules, picture) : null;
    }

    private static CareDecision? Balance(
        ChunkCase chunk, WantedCopies wanted, CareServers servers, ICareLimits limits, in CareRules rules, CopyPicture picture)
    {
        var fullest = picture.Regular.MaxBy(static s => s.Usage)!;
        var needed = wanted.IsAnywhere ? 0 : LabelMatching.Match(wanted, picture.Regular).Count(static m => m);
        foreach (var target in Candidates(chunk, servers, emergency: false).OrderBy(static s => s.Usage))
        {
            var difference = fullest.Usage - target.Usage;
            if (difference <= rules.AcceptableDifference)
            {
                return null;
            }

            List<CareServer> after = [.. picture.Regular.Where(s => s != fullest), target];
            if (needed > 0 && LabelMatching.Match(wanted, after).Count(static m => m) < needed)
            {
                continue;
            }

            var kind = difference > rules.AcceptableDifference * FarFactor ? ReplicationKind.FarBalance : ReplicationKind.NearBalance;
            return Replication(picture, [target], limits, kind, CarePriority.Balance);
        }

        return null;
    }

    private static CareDecision Replication(CopyPicture picture, List<CareServer> targets, ICareLimits limits, ReplicationKind kind, CarePriority priority)
    {
        var target = targets.Find(s => limits.MayWrite(s.Id, kind));
        var source = picture.Regular.Concat(picture.Marked).Concat(picture.Resting).FirstOrDefault(s => limits.MayRead(s.Id, kind));
        return target is null || source is null
            ? CareDecision.Blocked(priority)
            : new CareDecision(CareStep.Replicate, priority) { Source = source.Id, Target = target.Id, Kind = kind };
    }

    // Where a new copy may go: nothing of the chunk may be there, in whatever state.
    private static IEnumerable<CareServer> Candidates(ChunkCase chunk, CareServers servers, bool emergency) => servers.Present.Where(s =>
        s.HasSpace && !s.IsInMaintenance && (emergency || !s.IsOverloaded) && !Has(chunk, s.Id) && !chunk.CondemnedAt.Contains(s.Id));

    private static List<CareServer> Preferred(ChunkCase chunk, IEnumerable<CareServer> candidates, ICareLimits limits) =>
        [.. candidates.OrderBy(s => limits.Writes(s.Id)).ThenBy(static s => Math.Floor(s.Usage / UsageStep)).ThenBy(s => Spread(chunk.Id, s.Id))];

    // Those of the candidates with which more labels have a server, in their order.
    private static List<CareServer> ProperOf(WantedCopies wanted, List<CareServer> holders, List<CareServer> candidates)
    {
        if (wanted.IsAnywhere)
        {
            return candidates;
        }

        var before = LabelMatching.Match(wanted, holders).Count(static m => m);
        return candidates.FindAll(c => LabelMatching.Match(wanted, [.. holders, c]).Count(static m => m) > before);
    }
}
