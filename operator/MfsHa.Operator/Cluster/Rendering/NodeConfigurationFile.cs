using System.Globalization;
using System.Text;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Cluster.Rendering;

/// <summary>
/// The mfsha.cfg of all nodes of a cluster: the same for all, but for the node id, which comes from the pod's name. Who the other nodes are is beside it (<see cref="PeersOf"/>): it is read when a
/// node starts, and a change of it is no reason to start one. So is whether nodes may form a cluster (<see cref="MayForm"/>).
/// </summary>
public static class NodeConfigurationFile
{
    /// <summary>What nodes let mount what, where a cluster does not say.</summary>
    public const string DefaultExports = "* / rw,alldirs,admin,maproot=0:0\n";

    /// <summary>Keys that belong to the operator.</summary>
    public static IReadOnlySet<string> OwnKeys { get; } = new SortedSet<string>(StringComparer.Ordinal)
    {
        "MFSHA_NODE_ID", "MFSHA_PEERS", "MFSHA_FORM_CLUSTER", "BIND_HOST", "MFSHA_PORT", "MFSHA_ADMIN_PORT", "DATA_PATH", "HA_SHARD_COUNT", "EXPORTS_FILENAME",
        "MFSHA_AUTH_TOKEN", "MFSHA_AUTH_TOKEN_FILE", "MFSHA_LOG_DIRECTORY", "WORKING_USER", "WORKING_GROUP", "LOCK_MEMORY",
        "MATOCL_LISTEN_HOST", "MATOCL_LISTEN_PORT", "MATOCS_LISTEN_HOST", "MATOCS_LISTEN_PORT", "MATOML_LISTEN_HOST", "MATOML_LISTEN_PORT",

        // spec.tls
        "MFSHA_TLS_ENABLE", "MFSHA_TLS_CERT_PATH", "MFSHA_TLS_KEY_PATH", "MFSHA_TLS_CA_PATH",
    };

    /// <summary>The file.</summary>
    public static string Of(V1MfsHaCluster cluster)
    {
        var text = new StringBuilder();
        Add("HA_SHARD_COUNT", cluster.Spec.Shards.ToString(CultureInfo.InvariantCulture));
        Add("DATA_PATH", Paths.Data);
        Add("EXPORTS_FILENAME", $"{Paths.Configuration}/{Paths.ExportsFile}");

        // Nodes log to standard error; kubectl logs shows it.
        Add("MFSHA_LOG_DIRECTORY", "-");
        foreach ((string key, string value) in (cluster.Spec.Config ?? new Dictionary<string, string>()).Where(static c => !OnlineKeys.All.Contains(c.Key)).OrderBy(static c => c.Key, StringComparer.Ordinal))
        {
            Add(key, value);
        }

        return text.ToString();

        void Add(string key, string value) => text.Append(CultureInfo.InvariantCulture, $"{key} = {value}\n");
    }

    /// <summary>MFSHA_FORM_CLUSTER: only until the cluster has been seen, and its identity with it, which the status keeps. Nodes whose volumes are all lost then wait, instead of going on as a new cluster with nothing in it.</summary>
    public static string MayForm(ObservedCluster observed) => observed.Nodes is { ClusterId: not 0 } || observed.Cluster.Status?.MetadataId is not null ? "0\n" : "1\n";

    /// <summary>MFSHA_PEERS. A node that joins is added by the operator, and the cluster tells the others where it is; the list is for nodes that form a cluster, and for one that has lost its disk.</summary>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="nodes">How many nodes there are, or will be.</param>
    public static string PeersOf(ClusterNames names, int nodes) =>
        string.Join(", ", Enumerable.Range(1, nodes).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}@{names.Host(n)}:{Ports.Nodes}"))) + "\n";
}
