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
/// <param name="Bucket">Only inodes whose block has this remainder of <paramref name="Buckets"/>.</param>
/// <param name="Buckets">Number of buckets; 1 = everything.</param>
/// <param name="AfterInode">Last inode of the page before, 0 to begin.</param>
/// <param name="Limit">Most files of the page, 1..<see cref="MaxPage"/>.</param>
/// <param name="Block">How many numbers in a row belong to the same bucket, at least 1; larger ones spare looking at the others.</param>
[MemoryPackable]
public sealed partial record ListDetached(NodeType Type, uint Bucket, uint Buckets, uint AfterInode, int Limit, uint Block = 1) : Query
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
        if (Buckets == 0 || Block == 0)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var limit = Math.Clamp(Limit, 1, MaxPage);
        var page = new List<ListedDetached>();
        var lookedAt = 0;
        var last = AfterInode;
        var next = AfterInode + 1UL;
        while (next <= uint.MaxValue)
        {
            var isPassedOver = false;
            foreach (var (number, detached) in state.Detached.Range((uint)next, 0, toEnd: true))
            {
                if (page.Count == limit || ++lookedAt > MaxLookedAt)
                {
                    return new DetachedReply([.. page], last);
                }

                last = number;
                next = FirstOfBucket(number);
                if (next != number)
                {
                    isPassedOver = Block > 1;
                    if (isPassedOver)
                    {
                        break;
                    }

                    continue;
                }

                var inode = state.Inodes.Require(number);
                if (inode.Type == Type)
                {
                    page.Add(new ListedDetached(
                        number, detached.Path, GetDetachedAttributes.View(state, number, inode), inode.TrashHours, state.OpenByInode.Get(number)?.Sessions ?? []));
                }
            }

            if (!isPassedOver)
            {
                break;
            }
        }

        return new DetachedReply([.. page], 0);
    }

    /// <summary>The number itself if it belongs to the bucket, otherwise the next one that does.</summary>
    private ulong FirstOfBucket(ulong number)
    {
        var block = number / Block;
        var ahead = (Bucket + Buckets - (block % Buckets)) % Buckets;
        return ahead == 0 ? number : (block + ahead) * Block;
    }
}
