using System.Diagnostics;
using Xunit;

namespace MfsHa.Operator.Tests.Charts;

/// <summary>The charts by helm itself, where there is one: in PATH, or where tests/e2e/kubernetes/helm.sh puts it.</summary>
public sealed class ChartTests
{
    private static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Append(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/mfsha/kubernetes/bin"))
        .Select(static d => Path.Combine(d, "helm")).FirstOrDefault(File.Exists);

    [Theory]
    [InlineData("mfsha-operator")]
    [InlineData("mfsha-cluster")]
    public async Task A_chart_has_no_flaw(string chart)
    {
        (int exitCode, string said) = await HelmAsync("lint", "--strict", PathOf(chart));
        Assert.True(exitCode == 0, said);
    }

    [Theory]
    [InlineData("mfsha-operator", "kind: Deployment", "monitoring.enabled=false")]
    [InlineData("mfsha-operator", "kind: PrometheusRule", "monitoring.enabled=true")]
    [InlineData("mfsha-cluster", "size: 30Gi", "spec.storage.size=30Gi")]
    [InlineData("mfsha-cluster", "kind: MfsHaScheduledBackup", "backups.nightly.schedule=0 2 * * *,backups.nightly.target.s3.bucket=bbb,backups.nightly.target.s3.credentialsSecret=keys")]
    public async Task Values_that_can_be_are_rendered(string chart, string expected, string values)
    {
        (int exitCode, string said) = await HelmAsync("template", "x", PathOf(chart), "--set", values);
        Assert.True(exitCode == 0, said);
        Assert.Contains(expected, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mfsha-operator", "/workers", "workers=0")]
    [InlineData("mfsha-operator", "worker", "worker=1")]
    [InlineData("mfsha-cluster", "/spec/replicas", "spec.replicas=4")]
    [InlineData("mfsha-cluster", "replica", "spec.replica=3")]
    [InlineData("mfsha-cluster", "/spec/storage/size", "spec.storage.size=lots")]
    [InlineData("mfsha-cluster", "schedule", "backups.nightly.target.claimName=b")]
    [InlineData("mfsha-cluster", "credentialsSecret", "backups.nightly.schedule=0 2 * * *,backups.nightly.target.s3.bucket=bbb")]
    public async Task Values_that_cannot_be_are_refused_by_name(string chart, string named, string values)
    {
        (int exitCode, string said) = await HelmAsync("template", "x", PathOf(chart), "--set", values);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("values don't meet the specifications", said, StringComparison.Ordinal);
        Assert.Contains(named, said, StringComparison.Ordinal);
    }

    private static string PathOf(string chart) => Path.Combine(Repository.Root, "helm", chart);

    private static async Task<(int ExitCode, string Said)> HelmAsync(params string[] arguments)
    {
        Assert.SkipWhen(Program is null, "there is no helm: tests/e2e/kubernetes/helm.sh");
        using Process process = Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }
}
