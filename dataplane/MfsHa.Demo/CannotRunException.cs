namespace MfsHa.Demo;

/// <summary>This machine lacks something; the message says what, and how to get it.</summary>
public sealed class CannotRunException(string message, Exception? reason = null) : Exception(message, reason);
