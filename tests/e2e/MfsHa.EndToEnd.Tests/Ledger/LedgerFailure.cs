namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>Something that a client must never see, or that must never be.</summary>
/// <param name="Folder">The worker's folder.</param>
/// <param name="Path">The name concerned, relative to the folder.</param>
internal sealed record LedgerFailure(string Folder, string Path, string Text);
