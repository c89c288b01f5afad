using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Trash;

/// <summary>
/// GETTRASH, GETSUSTAINED and the lists of mfstrashtool (client-protocol 3.7), in pages. Whether the session may ask is the gateway's business: the first two belong to
/// meta sessions.
/// </summary>
/// <param name="Type"><see cref="NodeType.Trash"/> or <see cref="NodeType.Sustained"/>.</param>
/// <param name="Bucket">Only inodes with this remainder of <paramref name="Buckets"/>.</param>
/// <param name="Buckets">Number of buckets; 1 = everything.</param>
/// <param name="AfterInode">Last inode of the page before, 0 to begin.</param>
/// <param name="Limit">Most files of the page, 1..<see cref="MaxPage"/>.</param>
[MemoryPackable]
public sealed partial record ListDetached(NodeType Type, uint Bucket, uint Buckets, uint AfterInode, int Limit) : Query
{
    /// <summary>Most files of a page.</summary>
    public const int MaxPage = 10_000;

    /// <summary>Buckets of the trash that clients see (TRASH_BUCKETS).</summary>
    public const uint TrashBuckets = 4096;

    /// <summary>Buckets of sustained files (SUSTAINED_BUCKETS).</summary>
    public const uint SustainedBuckets = 256;

    private const int MaxLookedAt = 100_000;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Buckets == 0)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var limit = Math.Clamp(Limit, 1, MaxPage);
        var page = new List<ListedDetached>();
        var lookedAt = 0;
        var last = AfterInode;
        foreach (var (number, detached) in state.Detached.Range(AfterInode + 1, 0, toEnd: true))
        {
            if (page.Count == limit || ++lookedAt > MaxLookedAt)
            {
                return new DetachedReply([.. page], last);
            }

            last = number;
            var inode = state.Inodes.Require(number);
            if (number % Buckets != Bucket || inode.Type != Type)
            {
                continue;
            }

            page.Add(new ListedDetached(
                number, detached.Path, GetDetachedAttributes.View(state, number, inode), inode.TrashHours, state.OpenByInode.Get(number)?.Sessions ?? []));
        }

        return new DetachedReply([.. page], 0);
    }
}
