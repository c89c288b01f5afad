namespace MfsHa.Admin;

/// <summary>No node answered; the message says for each why.</summary>
public sealed class UnreachableException(string message) : Exception(message);
