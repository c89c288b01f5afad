using System.Globalization;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Cluster;

/// <summary>Names of what belongs to a cluster.</summary>
/// <param name="Namespace">The cluster's namespace.</param>
/// <param name="Name">The cluster's name.</param>
public sealed record ClusterNames(string Namespace, string Name)
{
    /// <summary>Label: the cluster that an object belongs to.</summary>
    public const string ClusterLabel = "mfsha.io/cluster";

    /// <summary>Label of a service of one node: the node's number.</summary>
    public const string NodeLabel = "mfsha.io/node";

    /// <summary>Label of everything that the operator makes.</summary>
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>Value of <see cref="ManagedByLabel"/>.</summary>
    public const string Operator = "mfsha-operator";

    /// <summary>Longest name: the claim "data-NAME-0" and labels with revisions have to fit into 63 characters.</summary>
    public const int MaxLength = 40;

    /// <summary>The stateful set, and the service for clients and chunkservers.</summary>
    public string Nodes => Name;

    /// <summary>Service that gives each pod a name.</summary>
    public string Peers => Name + "-nodes";

    /// <summary>ConfigMap of mfsha.cfg and mfsexports.cfg.</summary>
    public string Configuration => Name + "-config";

    /// <summary>Secret of the cluster's token.</summary>
    public string Token => Name + "-token";

    /// <summary>Secret of the CA that the operator makes.</summary>
    public string Authority => Name + "-authority";

    /// <summary>Secret of the certificates that it issues: the CAs, the nodes' certificate and its key.</summary>
    public string Certificates => Name + "-certificates";

    /// <summary>The nodes' service account.</summary>
    public string Account => Name + "-node";

    /// <summary>The Job that fills the first volume of a new cluster.</summary>
    public string Bootstrap => Name + "-bootstrap";

    /// <summary>Labels by which the cluster's pods and claims are found.</summary>
    public IDictionary<string, string> Selector => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["app.kubernetes.io/name"] = "mfsha",
        [ClusterLabel] = Name,
    };

    /// <summary>Labels of everything that belongs to the cluster.</summary>
    public IDictionary<string, string> Labels => new SortedDictionary<string, string>(Selector, StringComparer.Ordinal) { [ManagedByLabel] = Operator };

    /// <summary>The selector as text.</summary>
    public string SelectorText => string.Join(',', Selector.Select(static l => $"{l.Key}={l.Value}"));

    /// <summary>Names of a cluster.</summary>
    public static ClusterNames Of(V1MfsHaCluster cluster) => new(cluster.Metadata.NamespaceProperty, cluster.Metadata.Name);

    /// <summary>Pod of a node.</summary>
    public string Pod(int node) => string.Create(CultureInfo.InvariantCulture, $"{Nodes}-{node - 1}");

    /// <summary>Claim of a node's volume.</summary>
    public string Claim(int node) => $"data-{Pod(node)}";

    /// <summary>Name by which others find a node; the same in all namespaces.</summary>
    public string Host(int node) => HostOf(Pod(node));

    /// <summary>Name by which a pod is found. So long because a certificate's wildcard needs two labels behind its star.</summary>
    public string HostOf(string pod) => $"{pod}.{Peers}.{Namespace}.svc";

    /// <summary>Node id of a pod or of a claim; null for a name that is none.</summary>
    public int? NodeOf(string podOrClaim)
    {
        string pod = podOrClaim.StartsWith("data-", StringComparison.Ordinal) && !podOrClaim.StartsWith(Nodes + "-", StringComparison.Ordinal) ? podOrClaim[5..] : podOrClaim;
        return pod.StartsWith(Nodes + "-", StringComparison.Ordinal) && int.TryParse(pod.AsSpan(Nodes.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal)
            ? ordinal + 1
            : null;
    }
}
