namespace MfsHa.NodeLink.Formats;

/// <summary>Something has a format level that this release does not read; the message names both and says what to install.</summary>
public sealed class FormatLevelException(string message) : Exception(message);
