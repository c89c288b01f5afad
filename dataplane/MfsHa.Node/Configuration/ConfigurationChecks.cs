using System.Globalization;
using MfsHa.Node.Configuration.Formats;
using MfsHa.Node.Configuration.Keys;
using MfsHa.Security;

namespace MfsHa.Node.Configuration;

/// <summary>Contradictions between values that are right one by one.</summary>
internal static class ConfigurationChecks
{
    public static void Run(NodeConfiguration node, ConfigurationValues values, List<ConfigurationError> errors, List<string> warnings)
    {
        CheckPeers(node, values, errors, warnings);
        CheckTiming(node, values, errors);
        CheckPorts(node, values, errors);
        CheckSecurity(values, errors, warnings);
        if (node.ShardCount > 1)
        {
            warnings.Add($"{values.OriginOf(ClusterKeys.ShardCount)}: HA_SHARD_COUNT is {node.ShardCount}: several shards are new and lack things that README.md lists under \"What is missing\"");
        }

        if (node.Chunks.HardDeleteLimit < node.Chunks.SoftDeleteLimit)
        {
            errors.Add(Error(
                values, ChunkKeys.HardDeleteLimit, $"at least CHUNKS_SOFT_DEL_LIMIT ({node.Chunks.SoftDeleteLimit})", $"{node.Chunks.HardDeleteLimit}",
                "the hard limit is the one above the soft one"));
        }
    }

    private static void CheckPeers(NodeConfiguration node, ConfigurationValues values, List<ConfigurationError> errors, List<string> warnings)
    {
        foreach (IGrouping<int, PeerAddress> same in node.Peers.GroupBy(p => p.Id).Where(g => g.Count() > 1))
        {
            errors.Add(Error(values, ClusterKeys.Peers, "each id once", $"id {same.Key} {same.Count()} times", "a node has one address"));
        }

        foreach (IGrouping<string, PeerAddress> same in node.Peers.GroupBy(p => $"{p.Host}:{p.Port}", StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            errors.Add(Error(
                values, ClusterKeys.Peers, "each address once", $"{same.Key} for nodes {string.Join(" and ", same.Select(p => p.Id))}",
                "two nodes cannot be at one address"));
        }

        string ids = string.Join(", ", node.Peers.Select(p => p.Id.ToString(CultureInfo.InvariantCulture)));
        if (node.NodeId == 0)
        {
            errors.Add(Error(values, ClusterKeys.NodeId, $"one of the peers' ids ({ids})", "nothing", "with several peers a node must be told which one it is"));
            return;
        }

        PeerAddress? self = node.Peers.FirstOrDefault(p => p.Id == node.NodeId);
        if (self is null)
        {
            errors.Add(Error(values, ClusterKeys.NodeId, $"one of the peers' ids ({ids})", $"{node.NodeId}", "MFSHA_PEERS lists all nodes, this one included"));
            return;
        }

        if (self.Port != node.Port)
        {
            warnings.Add(
                $"{values.OriginOf(ClusterKeys.Peers)}: MFSHA_PEERS says that this node is at port {self.Port}, but it listens on MFSHA_PORT {node.Port}; that works only behind a port mapping");
        }

        if (node.Peers.Length % 2 == 0)
        {
            warnings.Add(
                $"{values.OriginOf(ClusterKeys.Peers)}: {node.Peers.Length} nodes survive the loss of no more nodes than {node.Peers.Length - 1} do; an odd number is better");
        }
    }

    private static void CheckSecurity(ConfigurationValues values, List<ConfigurationError> errors, List<string> warnings)
    {
        bool isTls = values.Get(SecurityKeys.TlsEnable);
        foreach (ConfigurationKey<string> path in new[] { SecurityKeys.CertificatePath, SecurityKeys.KeyPath, SecurityKeys.AuthorityPath })
        {
            if (isTls && values.Get(path).Length == 0)
            {
                errors.Add(Error(values, path, "a file", "nothing", "MFSHA_TLS_ENABLE needs certificate, key and CA"));
            }
        }

        string token = values.Get(SecurityKeys.AuthToken);
        bool hasFile = values.Get(SecurityKeys.AuthTokenFile).Length > 0;
        if (token.Length > 0 && hasFile)
        {
            errors.Add(Error(values, SecurityKeys.AuthTokenFile, "nothing beside MFSHA_AUTH_TOKEN", "a file", "one of them says what the token is"));
        }

        bool isToken = SharedToken.TryParse(token, out SharedToken tokens);
        if (token.Length > 0 && !isToken)
        {
            errors.Add(Error(
                values, SecurityKeys.AuthToken, $"1 to {SharedToken.MaxTokens} tokens of at most {SharedToken.MaxLength} printable ASCII characters, separated by spaces", "something else", "it goes into a header of HTTP"));
        }
        else if (isToken && tokens.ShortestLength < SharedToken.AdvisedLength)
        {
            warnings.Add($"{values.OriginOf(SecurityKeys.AuthToken)}: MFSHA_AUTH_TOKEN is shorter than {SharedToken.AdvisedLength} characters and can be guessed");
        }

        if (!isTls && (token.Length > 0 || hasFile))
        {
            warnings.Add($"{values.OriginOf(hasFile ? SecurityKeys.AuthTokenFile : SecurityKeys.AuthToken)}: without MFSHA_TLS_ENABLE whoever can listen to the network can read the token");
        }
    }

    private static void CheckTiming(NodeConfiguration node, ConfigurationValues values, List<ConfigurationError> errors)
    {
        TimeSpan election = node.Consensus.ElectionTimeout;
        if (node.Consensus.Heartbeat * 2 >= election)
        {
            errors.Add(Error(
                values, ConsensusKeys.Heartbeat, $"less than half of HA_RAFT_ELECTION_TIMEOUT ({TimeFormats.Show(election)})",
                TimeFormats.Show(node.Consensus.Heartbeat),
                "one lost heartbeat would start an election while the leader is well"));
        }

        // An election takes up to twice the lower bound; a client that hears nothing for its time-out leaves.
        if (election * 2 >= node.Clients.Timeout)
        {
            errors.Add(Error(
                values, ConsensusKeys.ElectionTimeout, $"less than half of MATOCL_TIMEOUT ({TimeFormats.Show(node.Clients.Timeout)})",
                TimeFormats.Show(election), "clients would be cut off while the nodes elect a leader"));
        }
    }

    private static void CheckPorts(NodeConfiguration node, ConfigurationValues values, List<ConfigurationError> errors)
    {
        (ConfigurationKey Key, string Host, int Port)[] ports =
        [
            (ClusterKeys.Port, node.BindHost, node.Port),
            (ClusterKeys.AdminPort, node.BindHost, node.AdminPort),
            (ListenerKeys.ClientPort, node.Clients.Host, node.Clients.Port),
            (ListenerKeys.ChunkServerPort, node.ChunkServers.Host, node.ChunkServers.Port),
            (ListenerKeys.MetaloggerPort, node.Metaloggers.Host, node.Metaloggers.Port),
        ];
        for (int i = 0; i < ports.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                bool sameHost = ports[i].Host == ports[j].Host || ports[i].Host == "*" || ports[j].Host == "*";
                if (ports[i].Port == ports[j].Port && sameHost)
                {
                    // What somebody has written is wrong, not a default.
                    var (wrong, other) = values.OriginOf(ports[i].Key) == ConfigurationOrigin.Default ? (ports[j].Key, ports[i].Key) : (ports[i].Key, ports[j].Key);
                    errors.Add(Error(
                        values, wrong, $"another port than {other.Name}", $"{ports[i].Port} for both", "two listeners cannot share a port"));
                }
            }
        }
    }

    private static ConfigurationError Error(ConfigurationValues values, ConfigurationKey key, string expected, string found, string explanation) =>
        new(values.OriginOf(key), key.Name, expected, found, explanation);
}
