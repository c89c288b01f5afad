namespace MfsHa.Admin.Exports;

/// <summary>The exported file could not be written, or what arrived is not whole; no file was left.</summary>
public sealed class ExportException(string message, Exception? inner = null) : Exception(message, inner);
