using MfsHa.Metadata.Rules;

namespace MfsHa.Metadata.Operations;

/// <summary>The answer to one step through a subtree.</summary>
public interface ISubtreeStep
{
    /// <summary>Where the next step begins; null at the end.</summary>
    TreeCursor? Next { get; }

    /// <summary>Objects of other shards that this step has met: each is the top of a subtree that belongs to the whole.</summary>
    uint[] Elsewhere { get; }
}
