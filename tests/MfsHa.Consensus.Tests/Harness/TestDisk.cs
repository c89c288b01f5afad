namespace MfsHa.Consensus.Tests.Harness;

/// <summary>What of a test state machine survives the end of its process.</summary>
internal sealed class TestDisk
{
    private TestState _flushed = TestState.Empty;

    public TestState Flushed => Volatile.Read(ref _flushed);

    public void Flush(TestState state) => Volatile.Write(ref _flushed, state);
}
