using System.Runtime.CompilerServices;
using MfsHa.Admin.ObjectStores;

namespace MfsHa.Node.Tests.Admin;

/// <summary>An object store in memory, which breaks off at a call.</summary>
internal sealed class MemoryStore : IObjectStore
{
    /// <summary>The objects.</summary>
    public SortedDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>The call that fails; 0: none.</summary>
    public int Breaks { get; set; }

    /// <summary>The call that fails has done its work.</summary>
    public bool BreaksAfterwards { get; set; }

    /// <summary>What an object becomes on its way.</summary>
    public Func<string, byte[], byte[]> OnItsWay { get; set; } = static (_, b) => b;

    public Task<long?> LengthAsync(string key, CancellationToken cancellation) => Do(() => Objects.TryGetValue(key, out byte[]? bytes) ? bytes.Length : (long?)null);

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (string key in await Do(() => Objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToArray()))
        {
            yield return key;
        }
    }

    public Task<Stream> OpenAsync(string key, CancellationToken cancellation) => Do<Stream>(() => new MemoryStream(Objects[key]));

    public Task PutAsync(string key, FileStream content, CancellationToken cancellation) => Do(() =>
    {
        var bytes = new byte[content.Length];
        content.Position = 0;
        content.ReadExactly(bytes);
        return Objects[key] = OnItsWay(key, bytes);
    });

    public Task DeleteAsync(string key, CancellationToken cancellation) => Do(() => Objects.Remove(key));

    private Task<T> Do<T>(Func<T> what)
    {
        bool isBroken = ++Calls == Breaks;
        if (!isBroken)
        {
            return Task.FromResult(what());
        }

        if (BreaksAfterwards)
        {
            _ = what();
        }

        throw new ObjectStoreException("the line is dead");
    }
}
