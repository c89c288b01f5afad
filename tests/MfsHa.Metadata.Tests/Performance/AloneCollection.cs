namespace MfsHa.Metadata.Tests.Performance;

/// <summary>Tests that measure the processor time of the process: nothing may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word.")]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
