namespace MfsHa.EndToEnd.Tests.Ledger.Clients;

/// <summary>Somebody who changes files and looks at them. Paths begin at the root of the file system; failures are <see cref="Testbed.Native.PosixException"/>.</summary>
internal interface ILedgerClient
{
    /// <summary>For the ledger.</summary>
    string Name { get; }

    /// <summary>The node that the client depends on; null if it goes to whichever answers.</summary>
    int? Node { get; }

    /// <summary>Whether files can be written and read through it, or only names changed.</summary>
    bool HasData { get; }

    Task CreateAsync(string path, CancellationToken cancellation);

    Task MakeDirectoryAsync(string path, CancellationToken cancellation);

    Task RemoveDirectoryAsync(string path, CancellationToken cancellation);

    Task UnlinkAsync(string path, CancellationToken cancellation);

    Task RenameAsync(string from, string to, CancellationToken cancellation);

    Task LinkAsync(string existing, string path, CancellationToken cancellation);

    Task WriteAsync(string path, long offset, byte[] data, CancellationToken cancellation);

    Task AppendAsync(string path, byte[] data, CancellationToken cancellation);

    Task TruncateAsync(string path, long length, CancellationToken cancellation);

    Task<byte[]> ReadAsync(string path, CancellationToken cancellation);

    /// <summary>What stat(2) says; null if there is no such name.</summary>
    Task<EntryFacts?> StatAsync(string path, CancellationToken cancellation);

    /// <summary>All names in a directory, in the order in which they come.</summary>
    Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellation);
}
