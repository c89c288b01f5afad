using MfsHa.Storage.Rocks;

namespace MfsHa.Storage.State;

/// <summary>
/// Changes that become visible together. Reusable after <see cref="Clear"/>; not thread-safe. Within a batch a later change of a key wins.
/// </summary>
public sealed class StateBatch : IDisposable
{
    internal RocksBatchBuffer Buffer { get; } = new();

    /// <summary>Number of changes.</summary>
    public int Count => Buffer.Count;

    /// <summary>Size in bytes of the batch as it is handed to the store.</summary>
    public int ByteLength => Buffer.Length;

    /// <summary>Sets a key.</summary>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Buffer.Put(key, value);

    /// <summary>Sets a key and returns the room for its value, to be filled before the next call on the batch.</summary>
    public Span<byte> Put(ReadOnlySpan<byte> key, int valueLength) => Buffer.Put(key, valueLength);

    /// <summary>Removes a key, whether it exists or not.</summary>
    public void Delete(ReadOnlySpan<byte> key) => Buffer.Delete(key);

    /// <summary>Removes all keys of <c>[from, to)</c>. Costs reads later on: for large ranges, not for single keys.</summary>
    public void DeleteRange(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => Buffer.DeleteRange(from, to);

    /// <summary>Empties the batch.</summary>
    public void Clear() => Buffer.Clear();

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();
}
