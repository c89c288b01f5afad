namespace MfsHa.Security;

/// <summary>A file with a certificate, a key or a token cannot be used; the message names it and says why, and never shows what is in it.</summary>
public sealed class SecurityFileException(string path, string reason, Exception? inner = null) : Exception($"{path}: {reason}", inner)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; } = reason;
}
