using MfsHa.Metadata.Operations;

namespace MfsHa.Cluster.Tests.Hosting;

/// <summary>On whose behalf tests call.</summary>
internal static class Callers
{
    /// <summary>The superuser in session 1, which is mounted at the root.</summary>
    public static Caller Root { get; } = new()
    {
        Session = 1,
        Uid = 0,
        Gids = [0],
        OriginalUid = 0,
        OriginalGid = 0,
        RootInode = 1,
        SessionFlags = 0,
    };
}
