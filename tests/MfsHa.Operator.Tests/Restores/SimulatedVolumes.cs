using System.Globalization;
using k8s.Models;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Restores;
using MfsHa.Operator.Tests.Cluster;
using Xunit;

namespace MfsHa.Operator.Tests.Restores;

/// <summary>What the Jobs of restores make of volumes, in words: "old", "new", "empty". None of them runs beside a node.</summary>
internal sealed class SimulatedVolumes(int nodes)
{
    private readonly Dictionary<string, (V1Job Job, V1MfsHaRestore Owner)> _jobs = [];
    private readonly string[] _inPlace = [.. Enumerable.Repeat("old", nodes)];
    private readonly Dictionary<string, string>[] _kept = [.. Enumerable.Range(0, nodes).Select(static _ => new Dictionary<string, string>())];

    /// <summary>The Job that fails.</summary>
    public string? Fails { get; set; }

    public IReadOnlyList<string> InPlace => _inPlace;

    public List<V1Pod> Pods { get; } = [];

    public IEnumerable<string> KeptAs(string name) => _kept.Select(k => k.GetValueOrDefault(name, "nothing"));

    public IReadOnlyList<V1Job> JobsOf(V1MfsHaRestore restore) => [.. _jobs.Values.Where(j => j.Owner == restore).Select(static j => j.Job)];

    public void Add(V1Job job, V1MfsHaRestore owner)
    {
        job.Metadata.Uid ??= "job-" + job.Metadata.Name;
        _ = _jobs.TryAdd(job.Metadata.Name, (job, owner));
    }

    /// <summary>One of the Jobs that have not ended runs to its end.</summary>
    public void RunOne(SimulatedCluster cluster)
    {
        if (_jobs.Values.FirstOrDefault(static j => j.Job.Status is null) is not { Job: { } job, Owner: { } owner })
        {
            return;
        }

        bool fails = job.Metadata.Name == Fails;
        if (!job.Metadata.Name.EndsWith("-check", StringComparison.Ordinal))
        {
            Assert.Empty(cluster.PodNodes);
            Work(job, owner, fails);
            if (_inPlace.All(static v => v == "old"))
            {
                cluster.ReplaceData([.. Enumerable.Range(1, _inPlace.Length)]);
            }
            else if (_inPlace[0] == "new")
            {
                cluster.ReplaceData(1);
            }
        }

        job.Status = new V1JobStatus { Conditions = [new V1JobCondition { Type = fails ? "Failed" : "Complete", Status = "True", Message = "no space" }] };
    }

    private void Work(V1Job job, V1MfsHaRestore owner, bool fails)
    {
        int node = int.Parse(job.Metadata.Name.Split('-')[^1], CultureInfo.InvariantCulture);
        string former = owner.Status!.Former!;
        Dictionary<string, string> kept = _kept[node - 1];
        if (job.Metadata.Name == RestoreJobs.RevertName(owner, node))
        {
            if (kept.Remove(former, out string? put))
            {
                _inPlace[node - 1] = put;
            }

            return;
        }

        Assert.True(kept.TryAdd(former, _inPlace[node - 1]), "set aside twice");
        _inPlace[node - 1] = fails ? "broken"
            : owner.Spec.Former is { } source ? kept[source]
            : node == 1 ? "new" : "empty";
        if (!fails && owner.Spec.Former is { } used)
        {
            _ = kept.Remove(used);
        }
    }
}
