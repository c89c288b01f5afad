using System.Collections.Concurrent;
using MemoryPack;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.NodeLink;
using MfsHa.Storage.State;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>
/// Views of groups at a mark for a node that has no replica of them: the leader opens one and ships its records, which are put aside here and read like a replica's own. Also the other side of it.
/// </summary>
public sealed class ViewShipping : IAsyncDisposable
{
    private const int MaxHeld = 512;
    private const int MaxAttempts = 50;
    private static readonly TimeSpan HeldAtMost = TimeSpan.FromHours(1);
    private static readonly TimeSpan MarkPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WaitPause = TimeSpan.FromMilliseconds(20);
    private readonly GroupTable groups;
    private readonly StateStore store;
    private readonly INodeRpc rpc;
    private readonly IPeerLiveness liveness;
    private readonly ExpectedViews views;
    private readonly Func<ushort, bool> isHere;
    private readonly Func<IReadOnlyCollection<ushort>, CancellationToken, Task<IReadOnlyDictionary<ushort, NodeId>>> leadersOf;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<(Guid Point, ushort Group), HeldView> held = new();
    private int place;

    /// <summary>Deletes what a former process has left, and serves other nodes.</summary>
    /// <param name="groups">The replicas of this node.</param>
    /// <param name="store">Where shipped records are put.</param>
    /// <param name="rpc">Calls of other nodes.</param>
    /// <param name="liveness">Who answers.</param>
    /// <param name="views">Views that marks open here.</param>
    /// <param name="isHere">Whether this node has a replica of a group, and is to keep it.</param>
    /// <param name="leadersOf">Who leads groups.</param>
    /// <param name="clock">The clock.</param>
    public ViewShipping(
        GroupTable groups,
        StateStore store,
        INodeRpc rpc,
        IPeerLiveness liveness,
        ExpectedViews views,
        Func<ushort, bool> isHere,
        Func<IReadOnlyCollection<ushort>, CancellationToken, Task<IReadOnlyDictionary<ushort, NodeId>>> leadersOf,
        TimeProvider clock)
    {
        this.groups = groups;
        this.store = store;
        this.rpc = rpc;
        this.liveness = liveness;
        this.views = views;
        this.isHere = isHere;
        this.leadersOf = leadersOf;
        this.clock = clock;
        ShippedRecords.DeleteLeft(store);
        rpc.Handle(RpcMethod.ShipView, async (from, request, _) => MemoryPackSerializer.Serialize(await ServeAsync(from, WireFormats.Read<ViewCall>(request)).ConfigureAwait(false)));
    }

    /// <summary>Has the leaders of those groups that have no replica here open views at a mark, which must come afterwards. Null when one of them could not be asked.</summary>
    public async Task<IReadOnlyDictionary<ushort, NodeId>?> ExpectAsync(Guid point, IEnumerable<ushort> asked, CancellationToken cancellation)
    {
        ushort[] absent = [.. asked.Where(g => !isHere(g))];
        if (absent.Length == 0)
        {
            return new Dictionary<ushort, NodeId>();
        }

        var holders = await leadersOf(absent, cancellation).ConfigureAwait(false);
        var answers = await Task.WhenAll(holders.Select(h => TryAsync(h.Value, new ViewCall(point, h.Key, ViewStep.Expect, 0), cancellation))).ConfigureAwait(false);
        if (Array.TrueForAll(answers, static a => a?.Status == ViewStatus.Ok))
        {
            return holders;
        }

        await EndAsync(point, holders).ConfigureAwait(false);
        return null;
    }

    /// <summary>Fetches a view that was expected; the mark is in the log. <see cref="IOException"/> when its holder gives it no longer.</summary>
    public async Task<GroupView> FetchAsync(Guid point, ushort group, NodeId holder, CancellationToken cancellation)
    {
        var records = new ShippedRecords(store, group, (byte)Interlocked.Increment(ref place));
        try
        {
            for (var number = 0; await ReadAsync(new ViewCall(point, group, ViewStep.Read, number), holder, cancellation).ConfigureAwait(false) is { } piece; number++)
            {
                records.Add(piece);
            }

            return records.Open();
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    /// <summary>Has nodes open views of a group at a mark, which must come afterwards. Returns those that do.</summary>
    public async Task<IReadOnlyList<NodeId>> ExpectAsync(Guid point, ushort group, IReadOnlyCollection<NodeId> nodes, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(nodes.Select(async n => (Node: n, Answer: await TryAsync(n, new ViewCall(point, group, ViewStep.Expect, 0), cancellation).ConfigureAwait(false)))).ConfigureAwait(false);
        return [.. answers.Where(static a => a.Answer?.Status == ViewStatus.Ok).Select(static a => a.Node)];
    }

    /// <summary>Those views are not wanted any more.</summary>
    public Task EndAsync(Guid point, ushort group, IEnumerable<NodeId> nodes) =>
        Task.WhenAll(nodes.Select(n => TryAsync(n, new ViewCall(point, group, ViewStep.End, 0), CancellationToken.None)));

    /// <summary>What was expected is not wanted any more.</summary>
    public async Task EndAsync(Guid point, IReadOnlyDictionary<ushort, NodeId> holders) =>
        await Task.WhenAll(holders.Select(h => TryAsync(h.Value, new ViewCall(point, h.Key, ViewStep.End, 0), CancellationToken.None))).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var key in held.Keys)
        {
            await EndAsync(key).ConfigureAwait(false);
        }
    }

    /// <summary>A piece of a view that was expected; null behind the last one. <see cref="IOException"/> when its holder gives it no longer.</summary>
    internal async Task<byte[]?> ReadAsync(ViewCall call, NodeId holder, CancellationToken cancellation)
    {
        var waitsSince = clock.GetTimestamp();
        for (var attempt = 0; attempt < MaxAttempts;)
        {
            switch (await TryAsync(holder, call, cancellation).ConfigureAwait(false))
            {
                case { Status: ViewStatus.Ok, Piece: var piece }:
                    return piece;
                case { Status: ViewStatus.End }:
                    return null;
                case { Status: ViewStatus.Waits } when clock.GetElapsedTime(waitsSince) < MarkPatience:
                    await Task.Delay(WaitPause, clock, cancellation).ConfigureAwait(false);
                    break;
                case null:
                    attempt++;
                    await Task.Delay(RetryPause, clock, cancellation).ConfigureAwait(false);
                    break;
                default:
                    throw new IOException($"node {holder} does not hold the state of group {call.Group} any more");
            }
        }

        throw new IOException($"node {holder} does not answer: the state of group {call.Group} is there");
    }

    private async Task<ViewAnswer?> TryAsync(NodeId node, ViewCall call, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(CallDeadline);
        try
        {
            return node == NodeId.None
                ? null
                : MemoryPackSerializer.Deserialize<ViewAnswer>((await rpc.CallAsync(node, RpcMethod.ShipView, MemoryPackSerializer.Serialize(call), limited.Token).ConfigureAwait(false)).Span);
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task<ViewAnswer> ServeAsync(NodeId from, ViewCall call)
    {
        var key = (call.Point, call.Group);
        switch (call.Step)
        {
            case ViewStep.Expect:
                return new ViewAnswer(await HoldAsync(from, key).ConfigureAwait(false) ? ViewStatus.Ok : ViewStatus.Gone, []);
            case ViewStep.Read:
                return held.TryGetValue(key, out var view) ? await view.ReadAsync(call.Number).ConfigureAwait(false) : new ViewAnswer(ViewStatus.Gone, []);
            case ViewStep.End:
                await EndAsync(key).ConfigureAwait(false);
                return new ViewAnswer(ViewStatus.Ok, []);
            default:
                throw new FormatException($"step {call.Step} of a view");
        }
    }

    private async Task<bool> HoldAsync(NodeId from, (Guid Point, ushort Group) key)
    {
        foreach (var (left, view) in held)
        {
            if (clock.GetElapsedTime(view.Since) > HeldAtMost || (view.Reader != rpc.Self && !liveness.IsAlive(view.Reader)))
            {
                await EndAsync(left).ConfigureAwait(false);
            }
        }

        if (held.Count >= MaxHeld || groups.Find(key.Group) is null)
        {
            return false;
        }

        var patience = new CancellationTokenSource(MarkPatience);
        var opening = views.ExpectAsync(key.Point, key.Group, static () => Task.CompletedTask, patience.Token);
        return held.TryAdd(key, new HeldView(from, clock.GetTimestamp(), opening, patience));
    }

    private async Task EndAsync((Guid Point, ushort Group) key)
    {
        if (held.TryRemove(key, out var view))
        {
            await view.DisposeAsync().ConfigureAwait(false);
        }
    }
}
