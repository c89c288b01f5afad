namespace MfsHa.EndToEnd.Tests.Ledger.Storm;

/// <summary>Clients that move directories and files between shards, all against each other, and what must be true afterwards.</summary>
internal sealed class RenameStorm(StormArea area, IReadOnlyList<StormWorker> workers)
{
    public StormArea Area => area;

    public IReadOnlyList<StormWorker> Workers => workers;

    public string Summary()
    {
        var done = workers.Sum(static w => w.DirectoryMoves.Done);
        var refused = workers.Sum(static w => w.DirectoryMoves.Refused);
        return $"storm: {workers.Sum(static w => w.Acknowledged)} moves acknowledged, {done} of directories, {refused} of them below themselves refused";
    }
}
