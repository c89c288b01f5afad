using MfsHa.Node.Configuration.Formats;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>Keys that belong together; a heading in the reference.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Keys">In the order of the reference.</param>
public sealed record KeySection(string Title, IReadOnlyList<ConfigurationKey> Keys)
{
    /// <summary>All keys of the product.</summary>
    public static IReadOnlyList<KeySection> All { get; } =
    [
        ClusterKeys.Section, SecurityKeys.Section, ConsensusKeys.Section, ReplicationKeys.Section, ListenerKeys.Section, FileSystemKeys.Section,
        ChunkKeys.Section, ProcessKeys.Section, LogKeys.Section, TraceKeys.Section,
    ];

    internal static ConfigurationKey<T> Key<T>(
        string name, ValueFormat<T> format, string defaultText, ReloadClass reload, string description, bool secret = false, bool ofOneNode = false) =>
        new() { Name = name, Format = format, DefaultText = defaultText, Reload = reload, Description = description, IsSecret = secret, IsOfOneNode = ofOneNode };
}
