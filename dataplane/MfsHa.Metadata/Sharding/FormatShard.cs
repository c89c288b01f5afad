using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Sharding;

/// <summary>The first command of a shard in a cluster of several. EEXIST when it was executed before, EINVAL when the state is not empty or another shard's.</summary>
[MemoryPackable]
public sealed partial record FormatShard(ShardLayout Layout) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Layout is { } known)
        {
            return StatusReply.Of(known == Layout ? StatusCode.EExist : StatusCode.EInval);
        }

        if (Layout.Count is < 2 or > ShardLayout.MaxCount || Layout.Shard >= Layout.Count || state.Inodes.All().Any())
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        state.SetLayout(Layout);
        return StatusReply.Ok;
    }
}
