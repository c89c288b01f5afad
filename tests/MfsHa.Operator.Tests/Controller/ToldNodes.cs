using Grpc.Core;
using MfsHa.Admin.Contract;
using MfsHa.Operator.NodeCalls;

namespace MfsHa.Operator.Tests.Controller;

/// <summary>Nodes that keep what they are told, and answer what the test has them answer.</summary>
internal sealed class ToldNodes : INodeAdmin
{
    /// <summary>All that they were told, in words.</summary>
    public List<string> Told { get; } = [];

    /// <summary>What they say of the cluster.</summary>
    public ClusterStatus? Status { get; set; }

    /// <summary>Why no shares are given; null: they are.</summary>
    public string? Refusal { get; set; }

    /// <summary>What the next call decides; null: nothing.</summary>
    public string? Decided { get; set; }

    /// <summary>Replicas on their way; null: none.</summary>
    public string? Moves { get; set; }

    /// <summary>Why leaders are not spread; null: they are.</summary>
    public string? Obstacle { get; set; }

    public Task<ClusterStatus?> StatusAsync(NodeAccess access, CancellationToken cancellation) => Task.FromResult(Status);

    public Task<IReadOnlyDictionary<string, string>?> OptionsAsync(NodeAccess access, CancellationToken cancellation) => Task.FromResult<IReadOnlyDictionary<string, string>?>(null);

    public Task<IReadOnlyDictionary<int, TlsDetails>?> CertificatesAsync(NodeAccess access, CancellationToken cancellation) => Task.FromResult<IReadOnlyDictionary<int, TlsDetails>?>(null);

    public Task<string?> GiveSharesAsync(NodeAccess access, IReadOnlyList<int> nodes, CancellationToken cancellation)
    {
        Told.Add($"shares {string.Join(',', nodes)}");
        return Refusal is null ? Task.FromResult(Decided) : Task.FromException<string?>(new RpcException(new Status(StatusCode.FailedPrecondition, Refusal)));
    }

    public Task<string?> MovesAsync(NodeAccess access, CancellationToken cancellation) => Task.FromResult(Moves);

    public Task<string?> RebalanceAsync(NodeAccess access, CancellationToken cancellation)
    {
        Told.Add("leaders");
        return Task.FromResult(Obstacle);
    }

    public Task<string?> DifferenceAsync(NodeAccess access, CancellationToken cancellation) => throw new NotSupportedException();

    public Task SetOptionAsync(NodeAccess access, string key, string? value, CancellationToken cancellation) => throw new NotSupportedException();

    public Task MoveLeadersAsync(NodeAccess access, int node, CancellationToken cancellation) => throw new NotSupportedException();

    public Task ReleaseDeletionsAsync(NodeAccess access, CancellationToken cancellation) => throw new NotSupportedException();

    public Task AddAsync(NodeAccess access, int node, string host, int port, bool isReplacement, CancellationToken cancellation) => throw new NotSupportedException();

    public Task RemoveAsync(NodeAccess access, int node, CancellationToken cancellation) => throw new NotSupportedException();

    public Task ForceQuorumAsync(NodeAccess access, IReadOnlyList<int> nodes, CancellationToken cancellation) => throw new NotSupportedException();
}
