namespace MfsHa.Metadata.Kernel;

/// <summary>A store that takes a whole table at once, in the order of its keys: much faster than <see cref="IOrderedStore.Write"/>, record by record.</summary>
public interface IBulkStore
{
    /// <summary>Begins to fill a part of the store in which there is nothing. Several parts may be filled beside each other, each by one thread.</summary>
    IBulkLoad BeginLoad();
}

/// <summary>Records on their way into a store; what is not completed leaves nothing.</summary>
public interface IBulkLoad : IDisposable
{
    /// <summary>Adds a record. Its key must be above that of the one before.</summary>
    void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>All records were added: from now on they are in the store.</summary>
    void Complete();
}
