namespace MfsHa.EndToEnd.Tests.Ledger.Storm;

/// <summary>A name in one of the storm's directories, wherever that lies.</summary>
internal sealed record Place(string Directory, string Name)
{
    public override string ToString() => $"{Directory}/{Name}";
}
