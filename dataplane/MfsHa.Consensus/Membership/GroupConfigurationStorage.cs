using System.Net;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.Membership;
using MfsHa.Consensus.Log;
using MfsHa.NodeLink;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Membership;

/// <summary>
/// Keeps the members of a group in the log store. A change takes effect when its entry is applied; versions are the indexes of those entries.
/// </summary>
internal sealed class GroupConfigurationStorage(ushort group, RaftLogStore store, RaftConfiguration opened) : IClusterConfigurationStorage<EndPoint>
{
    private const int MaxBytes = 1 << 20;
    private readonly SemaphoreSlim _gate = new(1);
    private volatile Versioned _current = new(opened.Version, GroupConfiguration.Parse(opened.Members.Span));
    private Func<IClusterConfiguration<EndPoint>, CancellationToken, ValueTask>? _changed;

    /// <summary>DotNext's way to hear of changes; awaited before a change counts as applied.</summary>
    public event Func<IClusterConfiguration<EndPoint>, CancellationToken, ValueTask> ConfigurationChanged
    {
        add => _changed += value;
        remove => _changed -= value;
    }

    /// <summary>The members as last applied.</summary>
    public IReadOnlyList<NodeEndPoint> Members => _current.Members;

    /// <summary>Index of the entry that they come from.</summary>
    public long Version => _current.Version;

    /// <summary>True when the group was never told its members.</summary>
    public bool IsUnknown => _current.Version < 0;

    /// <summary>Sets the members with which a new group begins.</summary>
    public async ValueTask BeginAsync(IEnumerable<NodeEndPoint> members, CancellationToken cancellation) =>
        await ApplyAsync(MemberCodec.Encode(members), 0, cancellation).ConfigureAwait(false);

    /// <summary>Takes over the members from the entry at <paramref name="version"/>; false when they are older than the present ones.</summary>
    public async ValueTask<bool> ApplyAsync(ReadOnlyMemory<byte> members, long version, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (version <= _current.Version)
            {
                return false;
            }

            var configuration = GroupConfiguration.Parse(members.Span);
            await store.SaveConfiguration(group, new RaftConfiguration(version, members)).ConfigureAwait(false);
            _current = new Versioned(version, configuration);
            foreach (var handler in Delegate.EnumerateInvocationList(_changed))
            {
                await handler(configuration, cancellation).ConfigureAwait(false);
            }

            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    ValueTask<IClusterConfiguration<EndPoint>> IClusterConfigurationStorage<EndPoint>.LoadConfigurationAsync(CancellationToken token) =>
        ValueTask.FromResult<IClusterConfiguration<EndPoint>>(_current.Configuration);

    ValueTask<(IDataTransferObject Configuration, long Version)> IClusterConfigurationStorage.LoadConfigurationAsync(CancellationToken token)
    {
        var current = _current;
        return ValueTask.FromResult<(IDataTransferObject, long)>((current.Configuration, current.Version));
    }

    async ValueTask<bool> IClusterConfigurationStorage.SaveConfigurationAsync<TConfiguration>(TConfiguration configuration, long configurationVersion, CancellationToken token)
    {
        if (!configuration.TryGetMemory(out var members))
        {
            // from a leader, with a snapshot: its length is not said
            var collected = new BoundedCollector(MaxBytes);
            await configuration.WriteToAsync(collected, token).ConfigureAwait(false);
            members = collected.Collected;
        }

        return !members.IsEmpty && await ApplyAsync(members.ToArray(), configurationVersion, token).ConfigureAwait(false);
    }

    public void Dispose() => _gate.Dispose();

    private sealed record Versioned(long Version, GroupConfiguration Configuration)
    {
        public IReadOnlyList<NodeEndPoint> Members { get; } =
            [.. Configuration.Members.Cast<NodeEndPoint>().OrderBy(static m => m.Node).ThenBy(static m => m.Incarnation)];
    }
}
