namespace MfsHa.Testbed;

/// <summary>Everything one test needs of the machine. <c>MFSHA_TESTBED_KEEP=1</c> leaves the folder for a look at logs and data.</summary>
public sealed class TestEnvironment : Sandbox
{
    private TestEnvironment()
        : base(SandboxName.Next(Leftovers.Prefix), Leftovers.BaseFolder)
        => KeepFolder = Environment.GetEnvironmentVariable("MFSHA_TESTBED_KEEP") is "1";

    /// <summary>Makes an empty environment.</summary>
    public static Task<TestEnvironment> CreateAsync(CancellationToken cancellation = default)
        => PrepareAsync(new TestEnvironment(), Leftovers.BaseFolder, cancellation);
}
