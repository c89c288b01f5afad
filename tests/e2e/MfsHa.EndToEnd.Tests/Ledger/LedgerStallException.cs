namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>Nothing is lost as far as known, but the cluster kept somebody waiting too long: that may be the machine's fault. The message is the whole report.</summary>
internal sealed class LedgerStallException(string report) : Exception(report);
