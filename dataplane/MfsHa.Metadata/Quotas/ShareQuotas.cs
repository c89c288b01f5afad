using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Quotas;

/// <summary>What a shard tells the others of its quotas.</summary>
[MemoryPackable]
public sealed partial record GetQuotaBoard : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => new QuotaBoardReply(state.OwnQuotas(), state.HasQuotas);
}

/// <summary>The quotas of another shard.</summary>
/// <param name="Owner">That shard.</param>
/// <param name="Board">Its quotas.</param>
[MemoryPackable]
public sealed partial record TakeQuotaBoard(ushort Owner, QuotaBoard Board) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        state.TakeQuotas(Owner, Board);
        return StatusReply.Ok;
    }
}

/// <summary>Which quotas bind below directories of this shard; asked by shards that have objects in them.</summary>
/// <param name="Directories">At most <see cref="MaxDirectories"/>.</param>
[MemoryPackable]
public sealed partial record GetQuotaChains(uint[] Directories) : Query
{
    /// <summary>Most directories of one question.</summary>
    public const int MaxDirectories = 4096;

    /// <inheritdoc/>
    public override uint RoutingInode => Directories[0];

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var chains = new List<QuotaChain>();
        var unknown = new List<RecordNeed>();
        foreach (var directory in Directories)
        {
            try
            {
                chains.Add(new QuotaChain(directory, [.. state.QuotaDirectoriesAbove(directory)]));
            }
            catch (RecordsElsewhereException e)
            {
                unknown.AddRange(e.Needs);
            }
        }

        return unknown.Count == 0 ? new QuotaChainsReply([.. chains]) : throw new RecordsElsewhereException([.. unknown.DistinctBy(static n => n.Unit)]);
    }
}

/// <summary>The quotas that bind below directories of other shards, as those have said.</summary>
[MemoryPackable]
public sealed partial record TakeQuotaChains(QuotaChain[] Chains) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        foreach (var chain in Chains)
        {
            state.QuotaChains.Set(chain.Directory, chain);
        }

        return StatusReply.Ok;
    }
}

/// <summary>The chains that a shard has learnt of others, a page of them.</summary>
/// <param name="After">Last directory of the page before, 0 to begin.</param>
[MemoryPackable]
public sealed partial record GetKnownQuotaChains(uint After) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) =>
        new QuotaChainsReply([.. state.QuotaChains.Range(After + 1, 0, toEnd: true).Take(GetQuotaChains.MaxDirectories).Select(static c => c.Value)]);
}

/// <summary>A shard's quotas.</summary>
/// <param name="Board">They and their usage.</param>
/// <param name="EverUsed">True when there was ever a quota here, or another shard has told of one.</param>
[MemoryPackable]
public sealed partial record QuotaBoardReply(QuotaBoard Board, bool EverUsed) : Reply;

/// <summary>Chains, one for each directory.</summary>
[MemoryPackable]
public sealed partial record QuotaChainsReply(QuotaChain[] Chains) : Reply;
