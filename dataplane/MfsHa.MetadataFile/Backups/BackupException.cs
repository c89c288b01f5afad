namespace MfsHa.MetadataFile.Backups;

/// <summary>Something is no whole backup; the message says what, and where.</summary>
public sealed class BackupException(string message) : Exception(message);
