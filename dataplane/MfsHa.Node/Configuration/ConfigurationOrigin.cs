namespace MfsHa.Node.Configuration;

/// <summary>Where a value comes from.</summary>
/// <param name="File">The file, or null for an environment variable or a default.</param>
/// <param name="Line">Line in the file, from 1; 0 without a file or for the file as a whole.</param>
/// <param name="Description">What to call it: "mfsha.cfg:12", "environment", "default", "cluster".</param>
public sealed record ConfigurationOrigin(string? File, int Line, string Description)
{
    /// <summary>An environment variable of the key's name.</summary>
    public static ConfigurationOrigin Environment { get; } = new(null, 0, "environment");

    /// <summary>The key's default.</summary>
    public static ConfigurationOrigin Default { get; } = new(null, 0, "default");

    /// <summary>Set for all nodes, in the system group.</summary>
    public static ConfigurationOrigin Cluster { get; } = new(null, 0, "cluster");

    /// <summary>A line of a file.</summary>
    public static ConfigurationOrigin InFile(string file, int line) => new(file, line, line == 0 ? file : $"{file}:{line}");

    /// <inheritdoc/>
    public override string ToString() => Description;
}
