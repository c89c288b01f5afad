using System.Collections.Immutable;

namespace MfsHa.Consensus.Tests.Harness;

/// <summary>State of the test machine: values by key, and a hash over everything that was applied, in order.</summary>
internal sealed record TestState(long Index, long Term, long Time, ulong Hash, ImmutableDictionary<string, string> Values)
{
    public static readonly TestState Empty = new(0, 0, 0, 14695981039346656037, ImmutableDictionary<string, string>.Empty);
}
