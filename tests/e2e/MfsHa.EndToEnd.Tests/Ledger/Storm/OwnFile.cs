namespace MfsHa.EndToEnd.Tests.Ledger.Storm;

/// <summary>A file that only one client moves, so that it knows where it must be.</summary>
/// <param name="vaultName">Its other name, which nobody touches: it tells which file it is, and how many names it has left.</param>
internal sealed class OwnFile(string vaultName, Place place)
{
    public string VaultName => vaultName;

    /// <summary>Where it is; null when something was moved over it.</summary>
    public Place? Place { get; set; } = place;

    /// <summary>Where else it may be, or that it may be gone (null), if the last move's outcome is unknown.</summary>
    public (Place? Other, string Step)? Unknown { get; set; }

    public bool IsUsable => Place is not null && Unknown is null;
}
