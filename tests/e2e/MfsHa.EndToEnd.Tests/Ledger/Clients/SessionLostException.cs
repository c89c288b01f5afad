namespace MfsHa.EndToEnd.Tests.Ledger.Clients;

/// <summary>A session was refused, or an answer came that a real client could not take: the promise to clients is broken.</summary>
internal sealed class SessionLostException(string message) : Exception(message);
