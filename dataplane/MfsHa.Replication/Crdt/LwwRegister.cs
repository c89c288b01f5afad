namespace MfsHa.Replication.Crdt;

/// <summary>A last-writer-wins register. Immutable: merging gives one of the two. Equal stamps mean equal values.</summary>
/// <param name="Value">The value; the default of <typeparamref name="T"/> when never written.</param>
/// <param name="Stamp">When and by whom it was written.</param>
/// <typeparam name="T">The value's type.</typeparam>
public readonly record struct LwwRegister<T>(T Value, LwwStamp Stamp)
{
    /// <summary>The register with the later of both writes.</summary>
    public LwwRegister<T> Merge(LwwRegister<T> other) => other.Stamp > Stamp ? other : this;
}
