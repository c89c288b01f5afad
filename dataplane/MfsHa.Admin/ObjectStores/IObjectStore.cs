namespace MfsHa.Admin.ObjectStores;

/// <summary>A bucket of objects. An object appears under its key whole or not at all. Everything that fails is an <see cref="ObjectStoreException"/>, which names the object.</summary>
public interface IObjectStore
{
    /// <summary>Length of an object in bytes; null: there is none.</summary>
    Task<long?> LengthAsync(string key, CancellationToken cancellation);

    /// <summary>Keys that begin with a text, in no order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>The bytes of an object, from its beginning.</summary>
    Task<Stream> OpenAsync(string key, CancellationToken cancellation);

    /// <summary>Makes or replaces an object.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="content">Its bytes, from the stream's beginning; seekable.</param>
    /// <param name="cancellation">Ends it; there is no object then, or the former one.</param>
    Task PutAsync(string key, FileStream content, CancellationToken cancellation);

    /// <summary>Deletes an object; nothing happens when there is none.</summary>
    Task DeleteAsync(string key, CancellationToken cancellation);
}
