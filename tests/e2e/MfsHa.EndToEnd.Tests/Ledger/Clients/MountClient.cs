using MfsHa.FileAgent;
using MfsHa.Testbed.MooseFs;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Ledger.Clients;

/// <summary>An application on an unmodified mfsmount.</summary>
internal sealed class MountClient(Mount mount, int node, FileAgentProcess agent) : ILedgerClient
{
    /// <summary>Longer than the longest stall that the ledger allows to a rename.</summary>
    private static readonly TimeSpan StaleLimit = TimeSpan.FromSeconds(30);

    private int handles;

    public string Name { get; } = Path.GetFileName(mount.Path);

    public int? Node => node;

    public bool HasData => true;

    public Task CreateAsync(string path, CancellationToken cancellation) => DoAsync(AgentCall.Create, path, "", cancellation);

    public Task MakeDirectoryAsync(string path, CancellationToken cancellation) => DoAsync(AgentCall.MakeDirectory, path, "", cancellation);

    public Task RemoveDirectoryAsync(string path, CancellationToken cancellation) => DoAsync(AgentCall.RemoveDirectory, path, "", cancellation);

    public Task UnlinkAsync(string path, CancellationToken cancellation) => DoAsync(AgentCall.Unlink, path, "", cancellation);

    public Task RenameAsync(string from, string to, CancellationToken cancellation) => DoAsync(AgentCall.Rename, from, At(to), cancellation);

    public Task RenameAsync(string from, string to, RenameMode mode, CancellationToken cancellation)
        => agent.CallAsync(new AgentRequest(AgentCall.Rename, At(from), At(to), Number: (long)mode), cancellation);

    public Task LinkAsync(string existing, string path, CancellationToken cancellation) => DoAsync(AgentCall.Link, existing, At(path), cancellation);

    public Task WriteAsync(string path, long offset, byte[] data, CancellationToken cancellation)
        => agent.CallAsync(new AgentRequest(AgentCall.Write, At(path), Number: offset, Data: data), cancellation);

    public Task AppendAsync(string path, byte[] data, CancellationToken cancellation)
        => agent.CallAsync(new AgentRequest(AgentCall.Append, At(path), Data: data), cancellation);

    public Task TruncateAsync(string path, long length, CancellationToken cancellation)
        => agent.CallAsync(new AgentRequest(AgentCall.Truncate, At(path), Number: length), cancellation);

    public async Task<byte[]> ReadAsync(string path, CancellationToken cancellation)
        => (await LookAsync(AgentCall.Read, path, cancellation).ConfigureAwait(false)).Data!;

    public async Task<EntryFacts?> StatAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var facts = (await LookAsync(AgentCall.Stat, path, cancellation).ConfigureAwait(false)).Facts!;
            return new EntryFacts(facts.IsDirectory, facts.Links, facts.Inode, facts.Size);
        }
        catch (PosixException e) when (e.Error is Errno.NoEntry)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellation)
        => (await LookAsync(AgentCall.List, path, cancellation).ConfigureAwait(false)).Names!;

    /// <summary>Opens a file for reading and writing; it may be unlinked afterwards. Returns its handle.</summary>
    public async Task<int> OpenAsync(string path, CancellationToken cancellation)
    {
        var handle = ++handles;
        await LookAsync(AgentCall.Open, path, cancellation, handle).ConfigureAwait(false);
        return handle;
    }

    /// <summary>pwrite and fsync on an open file.</summary>
    public Task WriteOpenAsync(int handle, long offset, byte[] data, CancellationToken cancellation)
        => agent.CallAsync(new AgentRequest(AgentCall.WriteOpen, "", Number: offset, Data: data, Handle: handle), cancellation);

    /// <summary>Reads an open file from its start, one byte more than <paramref name="length"/> if there is one.</summary>
    public async Task<byte[]> ReadOpenAsync(int handle, long length, CancellationToken cancellation)
        => (await agent.CallAsync(new AgentRequest(AgentCall.ReadOpen, "", Number: length, Handle: handle), cancellation).ConfigureAwait(false)).Data!;

    public Task CloseOpenAsync(int handle, CancellationToken cancellation)
        => agent.CallAsync(new AgentRequest(AgentCall.CloseOpen, "", Handle: handle), cancellation);

    public override string ToString() => Name;

    private string At(string path) => $"{mount.Path}/{path}";

    /// <summary>
    /// A call that changes nothing, on a tree that another mount may be changing. A directory that was renamed over there has to be moved in this kernel's cache; while a
    /// rename of this mount is under way, the kernel cannot and answers ESTALE by itself, whoever the server is (Linux fs/dcache.c: __d_unalias).
    /// </summary>
    private async Task<AgentReply> LookAsync(AgentCall call, string path, CancellationToken cancellation, int handle = 0)
    {
        AgentReply? reply = null;
        await Deadline.WaitAsync($"{Name} knows where {path} is", StaleLimit, async token =>
        {
            try
            {
                reply = await agent.CallAsync(new AgentRequest(call, At(path), Handle: handle), token).ConfigureAwait(false);
                return true;
            }
            catch (PosixException e) when (e.Error is Errno.Stale)
            {
                return false;
            }
        }, cancellation).ConfigureAwait(false);
        return reply!;
    }

    private Task<AgentReply> DoAsync(AgentCall call, string path, string to, CancellationToken cancellation)
        => agent.CallAsync(new AgentRequest(call, At(path), to), cancellation);
}
