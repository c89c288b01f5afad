using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>A step: a name, and a pure function of what was observed.</summary>
/// <param name="Name">Named after its result.</param>
/// <param name="Run">What is to be done. Never waits, never asks anybody.</param>
/// <param name="IsOperation">It changes members or pods: what it waits for is shown as the operation under way.</param>
public sealed record Step(string Name, Func<ObservedCluster, StepResult> Run, bool IsOperation = false);
