using System.Text;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Ledger.Clients;

/// <summary>Changes names by packets over a session that moves between the nodes.</summary>
internal sealed class RoamingClient(string name, RawSession session) : ILedgerClient
{
    private const uint Root = 1;

    private static readonly Credentials Caller = new(0, [0]);

    public string Name => name;

    public int? Node => null;

    public bool HasData => false;

    public async Task CreateAsync(string path, CancellationToken cancellation)
    {
        var (parent, last) = await ParentAsync(path, cancellation).ConfigureAwait(false);
        await DoAsync("create", path, new CreateRequest(parent, last, 0x1B6, 0, Caller), cancellation).ConfigureAwait(false);
    }

    public async Task MakeDirectoryAsync(string path, CancellationToken cancellation)
    {
        var (parent, last) = await ParentAsync(path, cancellation).ConfigureAwait(false);
        await DoAsync("mkdir", path, new MakeDirectoryRequest(parent, last, 0x1FF, 0, Caller, false), cancellation).ConfigureAwait(false);
    }

    public async Task RemoveDirectoryAsync(string path, CancellationToken cancellation)
    {
        var (parent, last) = await ParentAsync(path, cancellation).ConfigureAwait(false);
        await DoAsync("rmdir", path, new RemoveDirectoryRequest(parent, last, Caller), cancellation).ConfigureAwait(false);
    }

    public async Task UnlinkAsync(string path, CancellationToken cancellation)
    {
        var (parent, last) = await ParentAsync(path, cancellation).ConfigureAwait(false);
        await DoAsync("unlink", path, new UnlinkRequest(parent, last, Caller), cancellation).ConfigureAwait(false);
    }

    public async Task RenameAsync(string from, string to, CancellationToken cancellation)
    {
        var (parent, last) = await ParentAsync(from, cancellation).ConfigureAwait(false);
        var (newParent, newLast) = await ParentAsync(to, cancellation).ConfigureAwait(false);
        await DoAsync("rename", $"{from} -> {to}", new RenameRequest(parent, last, newParent, newLast, Caller, Protocol.RenameMode.Standard), cancellation).ConfigureAwait(false);
    }

    public async Task LinkAsync(string existing, string path, CancellationToken cancellation)
    {
        var inode = (await RequireAsync(existing, cancellation).ConfigureAwait(false)).Inode;
        var (parent, last) = await ParentAsync(path, cancellation).ConfigureAwait(false);
        await DoAsync("link", $"{existing} -> {path}", new LinkRequest(inode, parent, last, Caller), cancellation).ConfigureAwait(false);
    }

    public Task WriteAsync(string path, long offset, byte[] data, CancellationToken cancellation) => throw new NotSupportedException();

    public Task AppendAsync(string path, byte[] data, CancellationToken cancellation) => throw new NotSupportedException();

    public Task TruncateAsync(string path, long length, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<byte[]> ReadAsync(string path, CancellationToken cancellation) => throw new NotSupportedException();

    public async Task<EntryFacts?> StatAsync(string path, CancellationToken cancellation)
        => await LookupAsync(path, cancellation).ConfigureAwait(false) is { } found
            ? new EntryFacts(found.Attributes.Type is NodeType.Directory, (int)found.Attributes.LinkCount, found.Inode, (long)found.Attributes.Length)
            : null;

    public async Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellation)
    {
        const uint pageSize = 16;
        var directory = (await RequireAsync(path, cancellation).ConfigureAwait(false)).Inode;
        List<string> names = [];
        for (ulong cursor = 0; cursor != ReadDirectoryReply.EndCursor;)
        {
            var (status, body) = await session.CallAsync(
                new ReadDirectoryRequest(directory, Caller, ReadDirectoryFlags.None, pageSize, cursor), cancellation).ConfigureAwait(false);
            Check(status, "readdir", path);
            var page = body.AsPage();
            names.AddRange(page.Entries.Select(static entry => Encoding.UTF8.GetString(entry.Name.Span)).Where(static n => n is not ("." or "..")));
            cursor = page.Cursor;
        }
        return names;
    }

    public async Task<uint> InodeOfAsync(string path, CancellationToken cancellation) => (await RequireAsync(path, cancellation).ConfigureAwait(false)).Inode;

    public override string ToString() => name;

    /// <exception cref="PosixException">The answer is an error.</exception>
    public static void Check(StatusCode status, string call, string subject)
    {
        if (status is not StatusCode.Ok)
        {
            throw new PosixException(status switch
            {
                StatusCode.ENoEnt => Errno.NoEntry,
                StatusCode.EExist => Errno.Exists,
                StatusCode.ENotEmpty => Errno.NotEmpty,
                StatusCode.ENotDir => Errno.NotDirectory,
                StatusCode.EPerm => Errno.NotPermitted,
                StatusCode.EInval => Errno.Invalid,
                StatusCode.EAgain => Errno.Again,
                _ => Errno.Io,
            }, $"{call} (status {status})", subject);
        }
    }

    private async Task DoAsync<TRequest>(string call, string subject, TRequest request, CancellationToken cancellation)
        where TRequest : IClientRequest<TRequest>
    {
        var (status, _) = await session.CallAsync(request, cancellation).ConfigureAwait(false);
        Check(status, call, subject);
    }

    private async Task<(uint Parent, byte[] Last)> ParentAsync(string path, CancellationToken cancellation)
    {
        var slash = path.LastIndexOf('/');
        var parent = slash < 0 ? Root : (await RequireAsync(path[..slash], cancellation).ConfigureAwait(false)).Inode;
        return (parent, Encoding.UTF8.GetBytes(path[(slash + 1)..]));
    }

    private async Task<LookupReply> RequireAsync(string path, CancellationToken cancellation)
        => await LookupAsync(path, cancellation).ConfigureAwait(false) ?? throw new PosixException(Errno.NoEntry, "lookup", path);

    // Every step is asked for again: a stale answer on the way fails the call.
    private async Task<LookupReply?> LookupAsync(string path, CancellationToken cancellation)
    {
        LookupReply? found = null;
        foreach (var part in path.Split('/'))
        {
            var (status, body) = await session.CallAsync(
                new LookupRequest(found?.Inode ?? Root, Encoding.UTF8.GetBytes(part), Caller), cancellation).ConfigureAwait(false);
            if (status is StatusCode.ENoEnt or StatusCode.ENoEntNoCache)
            {
                return null;
            }
            Check(status, "lookup", path);
            found = body.As<LookupReply>();
        }
        return found;
    }
}
