using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Rendering;

/// <summary>From a rendered object to the action that makes it true, or to none when it is true already.</summary>
public static class Desired
{
    /// <summary>Annotation: hash of what was applied last, so that fields that are not wanted any more are noticed, too.</summary>
    public const string HashAnnotation = "mfsha.io/applied";

    /// <summary>Metadata of an object of a cluster, which goes with it.</summary>
    public static V1ObjectMeta Metadata(V1MfsHaCluster cluster, string name)
    {
        ClusterNames names = ClusterNames.Of(cluster);
        return new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = names.Namespace,
            Labels = names.Labels,
            OwnerReferences =
            [
                new V1OwnerReference
                {
                    ApiVersion = cluster.ApiVersion,
                    Kind = cluster.Kind,
                    Name = names.Name,
                    Uid = cluster.Metadata.Uid,
                    Controller = true,
                    BlockOwnerDeletion = true,
                },
            ],
        };
    }

    /// <summary>What is to be done so that an object is as rendered: nothing, or to apply it.</summary>
    public static IEnumerable<ClusterAction> Ensure(ObservedCluster observed, ApiResource resource, IKubernetesObject<V1ObjectMeta> entity)
    {
        if (Differs(entity, resource, observed.Objects.GetValueOrDefault(new ObjectName(resource.Kind, entity.Metadata.Name))))
        {
            yield return new ClusterAction.Apply(resource, entity);
        }
    }

    /// <summary>Fills in what belongs to a rendered object, and says whether the live one is another; null: there is none.</summary>
    public static bool Differs(IKubernetesObject<V1ObjectMeta> entity, ApiResource resource, JsonObject? live)
    {
        entity.ApiVersion = resource.ApiVersion;
        entity.Kind = resource.Kind;
        string hash = HashOf(KubernetesJson.Serialize(entity));
        entity.Metadata.Annotations = new SortedDictionary<string, string>(entity.Metadata.Annotations ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [HashAnnotation] = hash };
        var wanted = JsonNode.Parse(KubernetesJson.Serialize(entity));
        return live is null || !Drift.Holds(wanted, live);
    }

    /// <summary>A short hash.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
