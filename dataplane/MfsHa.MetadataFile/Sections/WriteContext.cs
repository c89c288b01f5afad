using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile.Sections;

/// <summary>What sections are written from.</summary>
internal sealed record WriteContext(IReadOnlyList<NamespaceState> Shards, SystemState System, uint Now, MetadataFormat Format, MetadataReport Report)
{
    /// <summary>Whether entries and objects belong together.</summary>
    public LinkCheck Links { get; } = new();

    /// <summary>True when the session is in the file: open files and locks of others are left out.</summary>
    public bool HasSession(uint session) => System.Sessions.Get(session) is { } known && IsKept(known);

    /// <summary>True when the object exists in this shard.</summary>
    public static bool HasObject(NamespaceState shard, uint number) => (shard.Layout?.Owns(number) ?? true) && shard.Inodes.Contains(number);

    /// <summary>Sessions that are ending, or that their clients have closed, are not kept (mfsmaster/sessions.c: sessions_store).</summary>
    public static bool IsKept(SessionRecord session) => !session.Ending && (session.IsConnected || !session.Closed);
}
