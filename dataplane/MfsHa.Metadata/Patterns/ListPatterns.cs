using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Patterns;

/// <summary>All patterns in the order in which they are tried (PATTERN_LIST, PATTERN_INFO).</summary>
[MemoryPackable]
public sealed partial record ListPatterns : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => new PatternsReply(
        Array.ConvertAll(state.NamePatterns.Patterns, p => new ListedPattern(p, state.StorageClassOf(p.StorageClass)?.Name ?? default)));
}

/// <summary>Patterns.</summary>
[MemoryPackable]
public sealed partial record PatternsReply(ListedPattern[] Patterns) : Reply;

/// <summary>A pattern and the name of its storage class; empty when that does not apply.</summary>
[MemoryPackable]
public sealed partial record ListedPattern(NamePattern Pattern, Name ClassName);
