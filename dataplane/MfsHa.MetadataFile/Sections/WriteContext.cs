using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile.Sections;

/// <summary>What sections are written from.</summary>
internal sealed record WriteContext(NamespaceState Shard, SystemState System, uint Now, MetadataFormat Format, MetadataReport Report)
{
    /// <summary>True when the session is in the file: open files and locks of others are left out.</summary>
    public bool HasSession(uint session) => System.Sessions.Get(session) is { } known && IsKept(known);

    /// <summary>Sessions that are ending, or that their clients have closed, are not kept (mfsmaster/sessions.c: sessions_store).</summary>
    public static bool IsKept(SessionRecord session) => !session.Ending && (session.IsConnected || !session.Closed);
}
