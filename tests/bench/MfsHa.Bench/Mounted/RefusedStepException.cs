namespace MfsHa.Bench.Mounted;

/// <summary>A worker process ended in the middle of its work; it has told why on the standard error.</summary>
internal sealed class RefusedStepException(int process) : Exception($"worker process {process} has failed");
