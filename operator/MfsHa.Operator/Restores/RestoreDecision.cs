using k8s.Models;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Restores;

/// <summary>What comes next in a restore.</summary>
/// <param name="Phase">Where it is.</param>
/// <param name="Message">What it waits for, or what came of it.</param>
/// <param name="Jobs">Jobs that are made now.</param>
/// <param name="Begin">What is written down once, when it begins; null: it has begun, or does not.</param>
/// <param name="Compares">All nodes serve: when their replicas are equal it is completed.</param>
public sealed record RestoreDecision(string Phase, string Message, IReadOnlyList<V1Job> Jobs, RestoreBeginning? Begin = null, bool Compares = false);

/// <summary>What a restore begins with.</summary>
/// <param name="Source">The backup; null: what an earlier restore has kept is put back.</param>
/// <param name="Nodes">Nodes whose volumes are replaced.</param>
/// <param name="MetadataId">Identity of the cluster's metadata; null: it is not known.</param>
/// <param name="Former">By what name the present data are kept.</param>
public sealed record RestoreBeginning(BackupFile? Source, int Nodes, string? MetadataId, string Former);
