namespace MfsHa.Admin;

/// <summary>The command line makes no sense in a way that its parser cannot see.</summary>
public sealed class UsageException(string message) : Exception(message);
