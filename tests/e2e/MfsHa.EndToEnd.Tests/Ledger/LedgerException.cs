namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>The cluster does not hold what it has acknowledged; the message is the whole report.</summary>
internal sealed class LedgerException(string report) : Exception(report);
