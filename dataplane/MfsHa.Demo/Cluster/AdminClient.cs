using Grpc.Core;
using Grpc.Net.Client;
using MfsHa.Admin.Contract;
using MfsHa.Playground.MfsHaNodes;
using MfsHa.Playground.Networking;

namespace MfsHa.Demo.Cluster;

/// <summary>The admin service of one node, called from the observer's host.</summary>
public sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongLimit = TimeSpan.FromMinutes(5);

    private readonly GrpcChannel channel;
    private readonly Admin.Contract.Admin.AdminClient client;

    public AdminClient(Host observer, MfsHaNode node)
    {
        channel = GrpcChannel.ForAddress(
            $"http://{node.Host.Address}:{MfsHaNode.AdminPort}",
            new GrpcChannelOptions { HttpHandler = observer.CreateHttpHandler(StatusLimit), DisposeHttpClient = true });
        client = new Admin.Contract.Admin.AdminClient(channel);
    }

    /// <summary>The cluster as the node sees it; null if it does not answer.</summary>
    public async Task<ClusterStatus?> TryStatusAsync(CancellationToken cancellation)
    {
        try
        {
            return await client.GetStatusAsync(new GetStatusRequest(), Options(StatusLimit, cancellation)).ConfigureAwait(false);
        }
        catch (RpcException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (RpcException e)
        {
            throw new OperationCanceledException(e.Message, e, cancellation);
        }
    }

    /// <summary>Has the node, which leads a group, give its leadership away.</summary>
    /// <returns>The new leader.</returns>
    /// <exception cref="RpcException">Refused, or there is no new leader.</exception>
    public async Task<int> ResignAsync(uint group, CancellationToken cancellation)
        => (int)(await client.ResignAsync(new ResignRequest { Group = group }, Options(LongLimit, cancellation)).ConfigureAwait(false)).Leader;

    /// <summary>Checksums of the state of all replicas, each group's at one log index.</summary>
    /// <exception cref="RpcException">It could not be done.</exception>
    public async Task<IReadOnlyList<GroupVerdict>> CheckConsistencyAsync(CancellationToken cancellation)
    {
        List<ReplicaChecksum> checksums = [];
        using var stream = client.CheckConsistency(new CheckConsistencyRequest(), Options(LongLimit, cancellation));
        await foreach (var checksum in stream.ResponseStream.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            checksums.Add(checksum);
        }
        return GroupVerdict.Of(checksums);
    }

    public void Dispose() => channel.Dispose();

    private static CallOptions Options(TimeSpan limit, CancellationToken cancellation) => new(deadline: DateTime.UtcNow + limit, cancellationToken: cancellation);
}
