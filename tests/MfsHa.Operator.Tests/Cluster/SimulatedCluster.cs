using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Status;
using MfsHa.Operator.Cluster.Tls;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Restores;
using MfsHa.Operator.Sdk.Entities;
using Xunit;

namespace MfsHa.Operator.Tests.Cluster;

/// <summary>
/// What Kubernetes and the nodes make of actions, as far as steps look at it: objects are kept as applied, a stateful set makes pods and claims, nodes form a cluster, join and leave.
/// </summary>
internal sealed class SimulatedCluster
{
    private static readonly ApiResource _budgets = ApiResource.Of<V1PodDisruptionBudget>();

    private readonly Dictionary<ObjectName, JsonObject> _objects = [];
    private readonly SortedDictionary<int, (V1Pod Pod, string Revision)> _pods = [];
    private readonly SortedDictionary<int, V1PersistentVolumeClaim> _claims = [];
    private readonly SortedSet<int> _members = [];
    private int _uids;
    private int _generation;

    public SimulatedCluster(int replicas = 3)
    {
        Cluster = new V1MfsHaCluster { Metadata = new V1ObjectMeta { Name = "c", NamespaceProperty = "ns", Uid = "u", Generation = 1 } };
        Cluster.Spec.Replicas = replicas;
    }

    public V1MfsHaCluster Cluster { get; }

    /// <summary>The node that leads both groups.</summary>
    public int Leader { get; private set; } = 1;

    /// <summary>Nodes that do not answer.</summary>
    public HashSet<int> Away { get; } = [];

    /// <summary>Members of the system group, and of no other yet.</summary>
    public HashSet<int> HalfJoined { get; } = [];

    /// <summary>All that was done, in words.</summary>
    public List<string> History { get; } = [];

    /// <summary>The storage class lets volumes grow.</summary>
    public bool VolumesMayGrow { get; set; } = true;

    /// <summary>The Job that fills the first volume.</summary>
    public V1Job? BootstrapJob { get; set; }

    /// <summary>The restore in place that is under way.</summary>
    public V1MfsHaRestore? Restore { get; set; }

    /// <summary>What the cluster holds of configuration keys.</summary>
    public SortedDictionary<string, string> Options { get; } = new(StringComparer.Ordinal);

    /// <summary>What nodes have read of certificates.</summary>
    public SimulatedCertificates Certificates { get; } = new();

    /// <summary>What time it is.</summary>
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000);

    public IReadOnlyCollection<int> Members => _members;

    public IEnumerable<int> PodNodes => _pods.Keys;

    public IEnumerable<int> ClaimNodes => _claims.Keys;

    public ObservedCluster Observe() => new()
    {
        Cluster = Cluster,
        Settings = new OperatorSettings("mfsha/node:1"),
        DisruptionBudgets = _budgets,
        Objects = _objects.ToDictionary(static o => o.Key, static o => o.Value),
        StatefulSet = _objects.TryGetValue(new ObjectName("StatefulSet", "c"), out JsonObject? set) ? KubernetesJson.Deserialize<V1StatefulSet>(set.ToJsonString()) : null,
        Pods = [.. _pods.Values.Select(static p => p.Pod)],
        Claims = [.. _claims.Values],
        StorageClasses = [new V1StorageClass { Metadata = new V1ObjectMeta { Name = "standard" }, AllowVolumeExpansion = VolumesMayGrow }],
        Now = Now,
        Nodes = Status(),
        NodeTls = Cluster.Spec.Tls is { IsOperators: true } && !_pods.Keys.All(Away.Contains) ? Certificates.Told(_pods.Keys.Except(Away)) : null,
        Bootstrap = BootstrapJob,
        Restore = Restore is { } restore && RestorePhase.IsUnderWay(restore) ? restore : null,
        Options = _pods.Keys.All(Away.Contains) ? null : Options,
    };

    /// <summary>One pass; what was done.</summary>
    public IReadOnlyList<ClusterAction> Pass()
    {
        if (!Certificates.AreReadLate)
        {
            ReadCertificates(_pods.Keys);
        }

        ObservedCluster observed = Observe();
        ReconcilePlan plan = Reconcile.Plan(observed);
        Cluster.Status = StatusRenderer.Render(observed, plan, isManaged: true, DateTimeOffset.UnixEpoch);
        ClusterAction[] actions = [.. plan.Actions];
        Do(actions);
        return actions;
    }

    /// <summary>Does something else that somebody wants.</summary>
    public void Do(IEnumerable<ClusterAction> actions)
    {
        foreach (ClusterAction action in actions)
        {
            History.Add(action.ToString());
            Do(action);
        }
    }

    /// <summary>Passes until nothing is left to do.</summary>
    public void Settle(int most = 60)
    {
        for (int pass = 0; pass < most; pass++)
        {
            if (Pass().Count == 0 && Cluster.Status!.Phase == "Ready")
            {
                return;
            }
        }

        Assert.Fail($"not settled: {Cluster.Status!.Phase}, {Cluster.Status.Message}\n{string.Join('\n', History)}");
    }

    /// <summary>The storage driver has made all volumes as large as their claims ask for.</summary>
    public void FinishGrowth()
    {
        foreach (V1PersistentVolumeClaim claim in _claims.Values)
        {
            claim.Status = new V1PersistentVolumeClaimStatus { Capacity = claim.Spec.Resources.Requests };
        }
    }

    /// <summary>Sizes that the claims ask for.</summary>
    public IEnumerable<string> ClaimSizes => _claims.Values.Select(static c => c.Spec.Resources.Requests["storage"].ToString());

    /// <summary>Uids of the pods.</summary>
    public IEnumerable<string> PodUids => _pods.Values.Select(static p => p.Pod.Metadata.Uid);

    /// <summary>Nodes read the Secret of certificates, as it is now.</summary>
    public void ReadCertificates(IEnumerable<int> nodes)
    {
        if (_objects.TryGetValue(new ObjectName("Secret", "c-certificates"), out JsonObject? secret))
        {
            Certificates.Read(nodes, secret);
        }
    }

    /// <summary>The nodes' data are others: those of a cluster of these members.</summary>
    public void ReplaceData(params int[] members)
    {
        Assert.Empty(_pods);
        _members.Clear();
        _members.UnionWith(members);
        Leader = members[0];
    }

    /// <summary>A service, as it was applied.</summary>
    public V1Service Service(string name) => KubernetesJson.Deserialize<V1Service>(_objects[new ObjectName("Service", name)].ToJsonString());

    /// <summary>Somebody deletes a Secret.</summary>
    public void DeleteSecret(string name) => Assert.True(_objects.Remove(new ObjectName("Secret", name)));

    /// <summary>The volume of a node is gone, and with it the pod: both come anew.</summary>
    public void LoseDisk(int node)
    {
        _claims[node] = Claim(node);
        _ = _lost.Add(node);
    }

    private readonly HashSet<int> _lost = [];
    private readonly Dictionary<int, int> _incarnations = [];

    private bool HasQuorum => _members.Count(m => !Away.Contains(m) && !_lost.Contains(m)) > _members.Count / 2;

    private ClusterStatus? Status()
    {
        if (_pods.Count == 0 || _pods.Keys.All(Away.Contains))
        {
            return null;
        }

        // Nodes form a cluster when all of them are there.
        if (_members.Count == 0 && Away.Count == 0)
        {
            _members.UnionWith(_pods.Keys);
        }

        var status = new ClusterStatus { ClusterId = 0xABC };
        foreach (int node in _pods.Keys.Where(_members.Contains))
        {
            bool online = !Away.Contains(node);
            status.Nodes.Add(new NodeStatus
            {
                Id = (uint)node, Online = online, Ready = online && HasQuorum && !_lost.Contains(node), Version = "0.1.0", Membership = HalfJoined.Contains(node) ? Membership.Joining : Membership.Active, Incarnation = (uint)_incarnations.GetValueOrDefault(node, 1),
            });
        }

        for (uint group = 0; group < 2; group++)
        {
            var groupStatus = new GroupStatus { Group = group, Leader = Away.Contains(Leader) || !HasQuorum ? 0 : (uint)Leader, Term = 1, Committed = 10 };
            groupStatus.Replicas.AddRange(_members.Where(n => group == 0 || !HalfJoined.Contains(n)).Select(n => new ReplicaStatus { Node = (uint)n, Applied = 10, Online = !Away.Contains(n) && !_lost.Contains(n), Voter = true }));
            status.Groups.Add(groupStatus);
        }

        return status;
    }

    private void Do(ClusterAction action)
    {
        switch (action)
        {
            case ClusterAction.Apply apply:
                Keep(apply.Resource.Kind, apply.Entity);
                break;
            case ClusterAction.CreateToken token:
                Keep("Secret", token.Secret);
                break;
            case ClusterAction.CreateAuthority or ClusterAction.AddAuthority or ClusterAction.ChangeSecret or ClusterAction.IssueCertificate:
                Change(SecretChange.Of(action));
                break;
            case ClusterAction.RotateAuthority rotate:
                Cluster.Metadata.Annotations = new Dictionary<string, string> { [V1MfsHaCluster.RotateAuthorityAnnotation] = rotate.Mark };
                break;
            case ClusterAction.DeletePod pod:
                int gone = _pods.First(p => p.Value.Pod.Metadata.Uid == pod.Uid).Key;
                _ = _pods.Remove(gone);
                RunStatefulSet();
                break;
            case ClusterAction.DeleteService service:
                var served = new ObjectName("Service", service.Name);
                Assert.Equal(service.Uid, _objects[served]["metadata"]!["uid"]!.GetValue<string>());
                Assert.True(_objects.Remove(served));
                break;
            case ClusterAction.DeleteClaim claim:
                int node = _claims.First(c => c.Value.Metadata.Uid == claim.Uid).Key;
                _ = _claims.Remove(node);
                if (_members.Contains(node))
                {
                    _ = _lost.Add(node);
                }

                break;
            case ClusterAction.GrowClaim grow:
                V1PersistentVolumeClaim growing = _claims.Values.Single(c => c.Metadata.Name == grow.Name);
                Assert.True(VolumesMayGrow, "the API server refuses that");
                Assert.True(new ResourceQuantity(grow.Size).ToDecimal() > growing.Spec.Resources.Requests["storage"].ToDecimal(), "volumes do not shrink");
                growing.Spec.Resources = new V1VolumeResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new(grow.Size) } };
                break;
            case ClusterAction.OrphanStatefulSet orphan:
                Assert.True(_objects.Remove(new ObjectName("StatefulSet", orphan.Name)));
                break;
            case ClusterAction.MoveLeaders move:
                Leader = _members.First(m => m != move.Node);
                break;
            case ClusterAction.AddNode add:
                Assert.True(_pods.ContainsKey(add.Node), "a node without a pod was added");
                _ = _members.Add(add.Node);
                _ = HalfJoined.Remove(add.Node);
                _ = _lost.Remove(add.Node);
                _incarnations[add.Node] = _incarnations.GetValueOrDefault(add.Node, 1) + 1;
                break;
            case ClusterAction.ForceQuorum force:
                Assert.False(HasQuorum, "a quorum was overruled");
                Assert.Equal(force.Nodes.Count, force.Hosts.Count);
                Assert.DoesNotContain(force.Nodes, n => Away.Contains(n) || _lost.Contains(n) || !_members.Contains(n));
                Assert.DoesNotContain(_members.Except(force.Nodes), n => !Away.Contains(n) && !_lost.Contains(n));
                _members.IntersectWith(force.Nodes);
                Leader = force.Nodes[0];
                break;
            case ClusterAction.ReplaceNode replace:
                Assert.Contains(replace.Node, _lost);
                Assert.NotEqual(Leader, replace.Node);
                Assert.True(HasQuorum, "there is nobody who could let it in");
                _ = _lost.Remove(replace.Node);
                _incarnations[replace.Node] = _incarnations.GetValueOrDefault(replace.Node, 1) + 1;
                break;
            case ClusterAction.RemoveNode remove:
                Assert.NotEqual(Leader, remove.Node);
                _ = _members.Remove(remove.Node);
                break;
            case ClusterAction.RestartAll restart:
                Cluster.Metadata.Annotations = new Dictionary<string, string> { [V1MfsHaCluster.RestartedAnnotation] = restart.Mark };
                break;
            case ClusterAction.SetOption { Value: { } value } set:
                Options[set.Key] = value;
                break;
            case ClusterAction.SetOption unset:
                Assert.True(Options.Remove(unset.Key), "a key that was not set was unset");
                break;
            default:
                throw new InvalidOperationException(action.ToString());
        }
    }

    // As the API server does: a patch with another version than the present one is a conflict.
    private void Change(SecretChange change)
    {
        var name = new ObjectName("Secret", change.Name);
        if (change.Created is { } created)
        {
            Assert.False(_objects.ContainsKey(name), $"{change.Name} exists");
            Keep("Secret", created);
        }
        else
        {
            JsonObject present = _objects[name];
            Assert.True(present["metadata"]!["resourceVersion"]!.GetValue<string>() == change.Patch["metadata"]!["resourceVersion"]!.GetValue<string>(), "a change of another version was not refused");
            Merge(present, change.Patch);
        }

        _objects[name]["metadata"]!["resourceVersion"] = Uid();
        Certificates.Check(_objects.GetValueOrDefault(new ObjectName("Secret", "c-certificates")));
    }

    private static void Merge(JsonObject present, JsonObject patch)
    {
        foreach ((string key, JsonNode? value) in patch)
        {
            if (value is JsonObject inner && present[key] is JsonObject known)
            {
                Merge(known, inner);
            }
            else if (value is null)
            {
                _ = present.Remove(key);
            }
            else
            {
                present[key] = value.DeepClone();
            }
        }
    }

    private void Keep(string kind, IKubernetesObject<V1ObjectMeta> entity)
    {
        entity.Metadata.Uid = Uid();
        JsonObject kept = JsonNode.Parse(KubernetesJson.Serialize(entity))!.AsObject();
        if (kind == "StatefulSet")
        {
            if (_objects.TryGetValue(new ObjectName(kind, entity.Metadata.Name), out JsonObject? present))
            {
                Assert.True(JsonNode.DeepEquals(present["spec"]!["volumeClaimTemplates"], kept["spec"]!["volumeClaimTemplates"]), "the API server refuses another template of claims");
            }

            kept["metadata"]!["generation"] = ++_generation;
            kept["status"] = new JsonObject { ["observedGeneration"] = _generation, ["replicas"] = 0, ["updateRevision"] = Desired(kept) };
        }

        _objects[new ObjectName(kind, entity.Metadata.Name)] = kept;
        if (entity is V1PersistentVolumeClaim claim)
        {
            _claims[1] = claim;
        }

        BootstrapJob = entity as V1Job ?? BootstrapJob;
        RunStatefulSet();
    }

    private static string Desired(JsonObject set) => MfsHa.Operator.Cluster.Rendering.Desired.HashOf(set["spec"]!["template"]!.ToJsonString());

    private void RunStatefulSet()
    {
        if (!_objects.TryGetValue(new ObjectName("StatefulSet", "c"), out JsonObject? set))
        {
            return;
        }

        int replicas = set["spec"]!["replicas"]!.GetValue<int>();
        string revision = Desired(set);
        foreach (int surplus in _pods.Keys.Where(n => n > replicas).ToArray())
        {
            Assert.True(!_members.Contains(surplus) || (Restore is not null && RestorePhase.StopsNodes(Restore)), "a member's pod was taken away");
            _ = _pods.Remove(surplus);
            Certificates.Forget(surplus);
        }

        for (int node = 1; node <= replicas; node++)
        {
            _ = _claims.TryAdd(node, Claim(node));
            if (!_pods.ContainsKey(node))
            {
                _pods[node] = (Pod(node, revision), revision);
                ReadCertificates([node]);
            }
        }
    }

    private V1Pod Pod(int node, string revision) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"c-{node - 1}"),
            Uid = Uid(),
            Labels = new Dictionary<string, string> { ["controller-revision-hash"] = revision },
        },
        Status = new V1PodStatus { Phase = "Running", PodIP = "10.0.0.1", ContainerStatuses = [new V1ContainerStatus { Started = true }], Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }] },
    };

    // As the stateful set's template says.
    private V1PersistentVolumeClaim Claim(int node)
    {
        string size = _objects[new ObjectName("StatefulSet", "c")]["spec"]!["volumeClaimTemplates"]![0]!["spec"]!["resources"]!["requests"]!["storage"]!.GetValue<string>();
        Dictionary<string, ResourceQuantity> Storage() => new() { ["storage"] = new ResourceQuantity(size) };
        return new V1PersistentVolumeClaim
        {
            Metadata = new V1ObjectMeta { Name = string.Create(CultureInfo.InvariantCulture, $"data-c-{node - 1}"), Uid = Uid() },
            Spec = new V1PersistentVolumeClaimSpec { StorageClassName = "standard", Resources = new V1VolumeResourceRequirements { Requests = Storage() } },
            Status = new V1PersistentVolumeClaimStatus { Capacity = Storage() },
        };
    }

    private string Uid() => string.Create(CultureInfo.InvariantCulture, $"uid-{++_uids}");
}
