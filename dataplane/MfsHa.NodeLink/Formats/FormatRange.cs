namespace MfsHa.NodeLink.Formats;

/// <summary>
/// The format levels that a release reads; it writes any of them. A level numbers everything at once that nodes write for each other and for later starts: log entries and what their commands mean, states,
/// calls, data directories.
/// </summary>
/// <param name="Oldest">The lowest level, at least <see cref="First"/>.</param>
/// <param name="Newest">The highest level.</param>
public readonly record struct FormatRange(byte Oldest, byte Newest)
{
    /// <summary>The level of everything that says nothing of levels.</summary>
    public const byte First = 1;

    /// <summary>What a node reads that says nothing of levels.</summary>
    public static readonly FormatRange Unspoken = new(First, First);

    /// <summary>True when a release with this range reads a level.</summary>
    public bool Reads(byte level) => level >= Oldest && level <= Newest;

    /// <inheritdoc/>
    public override string ToString() => Oldest == Newest ? $"format level {Oldest}" : $"format levels {Oldest} to {Newest}";
}
