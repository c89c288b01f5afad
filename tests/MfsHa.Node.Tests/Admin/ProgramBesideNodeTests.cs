using System.Diagnostics;

namespace MfsHa.Node.Tests.Admin;

/// <summary>The mfsha-admin that is built beside mfsha, which `mfsha demo --keep` names, as a program of its own.</summary>
public sealed class ProgramBesideNodeTests
{
    [Fact]
    public async Task The_program_beside_mfsha_starts_and_says_that_no_node_answers()
    {
        var program = Path.Combine(Repository.Root, "dataplane", "MfsHa.Node", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "mfsha-admin");
        // Port 1 of this machine: nobody listens there.
        var start = new ProcessStartInfo(program, ["status", "--host", "127.0.0.1", "--port", "1"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 3, $"exit code {process.ExitCode}: {await output}{error}");
    }
}
