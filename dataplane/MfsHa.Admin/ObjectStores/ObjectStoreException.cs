namespace MfsHa.Admin.ObjectStores;

/// <summary>An object store did not do what was asked; the message says what, and what it answered.</summary>
public sealed class ObjectStoreException(string message, Exception? inner = null) : Exception(message, inner);
