using System.Security.Cryptography;
using System.Text;
using k8s.Autorest;
using k8s.Models;
using MfsHa.Operator.Cluster.Tls;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;
using MfsHa.Operator.NodeCalls;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Events;
using Microsoft.Extensions.Logging;

namespace MfsHa.Operator.Cluster.Actions;

/// <summary>Does what steps want done, in order; the first failure ends it, and the next pass looks again. Each action may be done twice without harm.</summary>
public sealed partial class ActionExecutor(IApiClient api, INodeAdmin admin, EventPublisher events, ILogger<ActionExecutor> logger)
{
    private const int TokenBytes = 32;

    /// <summary>Does all of it.</summary>
    public async Task RunAsync(V1MfsHaCluster cluster, NodeAccess access, IEnumerable<ClusterAction> actions, CancellationToken cancellation)
    {
        foreach (ClusterAction action in actions)
        {
            Log.Doing(logger, cluster.Metadata.NamespaceProperty, cluster.Metadata.Name, action.ToString());
            await RunAsync(cluster, access, action, cancellation).ConfigureAwait(false);

            if (action is not (ClusterAction.Apply or ClusterAction.CreateToken or ClusterAction.CreateAuthority))
            {
                await events.PublishAsync(cluster, isWarning: false, action.GetType().Name, action.ToString(), cancellation).ConfigureAwait(false);
            }
        }
    }

    private Task RunAsync(V1MfsHaCluster cluster, NodeAccess access, ClusterAction action, CancellationToken cancellation)
    {
        ObjectKey Key(string name) => new(cluster.Metadata.NamespaceProperty, name);
        return action switch
        {
            ClusterAction.Apply apply => api.ApplyAsync(apply.Resource, apply.Entity, cancellation),
            ClusterAction.CreateToken token => CreateTokenAsync(token.Secret, cancellation),
            ClusterAction.CreateAuthority or ClusterAction.AddAuthority or ClusterAction.ChangeSecret or ClusterAction.IssueCertificate => ChangeAsync(cluster, SecretChange.Of(action), cancellation),
            ClusterAction.DeletePod pod => api.DeleteAsync(ApiResource.Of<V1Pod>(), Key(pod.Name), pod.Uid, cancellation),
            ClusterAction.DeleteService service => api.DeleteAsync(ApiResource.Of<V1Service>(), Key(service.Name), service.Uid, cancellation),
            ClusterAction.DeleteClaim claim => api.DeleteAsync(ApiResource.Of<V1PersistentVolumeClaim>(), Key(claim.Name), claim.Uid, cancellation),
            ClusterAction.GrowClaim claim => api.MergePatchAsync(
                ApiResource.Of<V1PersistentVolumeClaim>(), Key(claim.Name), new { spec = new { resources = new { requests = new { storage = claim.Size } } } }, cancellation),
            ClusterAction.OrphanStatefulSet set => api.OrphanAsync(ApiResource.Of<V1StatefulSet>(), Key(set.Name), set.Uid, cancellation),
            ClusterAction.MoveLeaders move => admin.MoveLeadersAsync(access, move.Node, cancellation),
            ClusterAction.AddNode add => admin.AddAsync(access, add.Node, add.Host, add.Port, isReplacement: false, cancellation),
            ClusterAction.ReplaceNode replace => admin.AddAsync(access, replace.Node, replace.Host, replace.Port, isReplacement: true, cancellation),
            ClusterAction.RemoveNode remove => admin.RemoveAsync(access, remove.Node, cancellation),
            ClusterAction.ForceQuorum force => admin.ForceQuorumAsync(access with { Addresses = force.Hosts }, force.Nodes, cancellation),
            ClusterAction.ReleaseDeletions => admin.ReleaseDeletionsAsync(access, cancellation),
            ClusterAction.RestartAll restart => AnnotateAsync(cluster, V1MfsHaCluster.RestartedAnnotation, restart.Mark, cancellation),
            ClusterAction.RotateAuthority rotate => AnnotateAsync(cluster, V1MfsHaCluster.RotateAuthorityAnnotation, rotate.Mark, cancellation),
            ClusterAction.SetOption set => admin.SetOptionAsync(access, set.Key, set.Value, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "an unknown action"),
        };
    }

    private Task AnnotateAsync(V1MfsHaCluster cluster, string annotation, string value, CancellationToken cancellation) => api.MergePatchAsync(
        ApiResource.Of<V1MfsHaCluster>(),
        new ObjectKey(cluster.Metadata.NamespaceProperty, cluster.Metadata.Name),
        new { metadata = new { annotations = new Dictionary<string, string> { [annotation] = value } } },
        cancellation);

    // Only on the version that was looked at: a change on top of another one's would undo a half of a rotation. A conflict ends the pass, and the next one looks again.
    private Task ChangeAsync(V1MfsHaCluster cluster, SecretChange change, CancellationToken cancellation) => change.Created is { } secret
        ? api.CreateAsync(ApiResource.Of<V1Secret>(), secret, cancellation)
        : api.MergePatchAsync(ApiResource.Of<V1Secret>(), new ObjectKey(cluster.Metadata.NamespaceProperty, change.Name), change.Patch, cancellation);

    private async Task CreateTokenAsync(V1Secret secret, CancellationToken cancellation)
    {
        secret.ApiVersion = "v1";
        secret.Kind = "Secret";
        secret.Data = new Dictionary<string, byte[]> { [Paths.TokenFile] = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)) + "\n") };
        try
        {
            await api.CreateAsync(ApiResource.Of<V1Secret>(), secret, cancellation).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.IsConflict())
        {
            // Somebody was quicker; that one counts.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Namespace}/{Name}: {Action}")]
        public static partial void Doing(ILogger logger, string @namespace, string name, string action);
    }
}
