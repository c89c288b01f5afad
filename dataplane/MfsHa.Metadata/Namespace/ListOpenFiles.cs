using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>Which sessions have which inodes open (client-protocol 3.9: LIST_OPEN_FILES), in pages, ordered by session and inode.</summary>
/// <param name="Session">Only this session; 0 = all.</param>
/// <param name="AfterSession">Last session of the page before; 0 at the beginning.</param>
/// <param name="AfterInode">Last inode of the page before.</param>
/// <param name="Limit">Most entries of the page, 1..<see cref="MaxPage"/>; a page that is not full is the last.</param>
[MemoryPackable]
public sealed partial record ListOpenFiles(uint Session, uint AfterSession, uint AfterInode, int Limit) : Query
{
    /// <summary>Most entries of a page.</summary>
    public const int MaxPage = 65_536;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var from = (Math.Max(Session, AfterSession), AfterInode + 1);
        var until = (Session == 0 ? uint.MaxValue : Session, uint.MaxValue);
        var entries = new List<OpenEntry>();
        foreach (var ((session, inode), _) in state.OpenBySession.Range(from, until))
        {
            if (entries.Count >= Math.Clamp(Limit, 1, MaxPage))
            {
                break;
            }

            entries.Add(new OpenEntry(session, inode));
        }

        return new OpenFilesReply([.. entries]);
    }
}
