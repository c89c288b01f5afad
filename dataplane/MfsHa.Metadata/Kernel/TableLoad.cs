namespace MfsHa.Metadata.Kernel;

/// <summary>Fills a table that is empty, in the order of the bytes of its keys. The state must be <see cref="StateTables.Reload"/>ed afterwards: the table does not notice.</summary>
/// <typeparam name="TKey">Key.</typeparam>
/// <typeparam name="TValue">Value; immutable.</typeparam>
public abstract class TableLoad<TKey, TValue> : IDisposable
{
    /// <summary>Adds a record. Its key must be above that of the one before.</summary>
    public abstract void Add(TKey key, TValue value);

    /// <summary>All records were added: from now on they are in the store.</summary>
    public abstract void Complete();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends it.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <content>Filling.</content>
public sealed partial class Table<TKey, TValue, TKeyCodec, TValueCodec>
{
    /// <summary>Begins to fill the table; nothing may be in it.</summary>
    public TableLoad<TKey, TValue> BeginLoad(IBulkStore store)
    {
        if (pending.Count > 0)
        {
            throw new InvariantException($"{pending.Count} changes of {typeof(TValue).Name} wait and would be overwritten");
        }

        return new Load(prefix, store.BeginLoad());
    }

    private sealed class Load(byte[] prefix, IBulkLoad target) : TableLoad<TKey, TValue>
    {
        private readonly byte[] key = [.. prefix, .. new byte[TKeyCodec.MaxLength]];

        public override void Add(TKey key, TValue value)
        {
            var length = prefix.Length + TKeyCodec.Write(key, this.key.AsSpan(prefix.Length));
            target.Add(this.key.AsSpan(0, length), TValueCodec.Write(value));
        }

        public override void Complete() => target.Complete();

        protected override void Dispose(bool disposing) => target.Dispose();
    }
}
