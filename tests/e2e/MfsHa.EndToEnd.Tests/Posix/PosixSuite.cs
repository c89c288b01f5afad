using System.Runtime.CompilerServices;
using MfsHa.EndToEnd.Tests.Fixtures;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MooseFs;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Posix;

/// <summary>
/// What applications may rely on, through the kernel and unmodified clients. Two clients look at the same file system: A and B,
/// connected to different nodes where there are several. Every test has a folder of its own.
/// </summary>
public abstract partial class PosixSuite<TPlan>(DeploymentFixture<TPlan> fixture) : IClassFixture<DeploymentFixture<TPlan>>
    where TPlan : IPlan
{
    /// <summary>A call that hangs must fail its test instead of holding up the suite.</summary>
    private static readonly TimeSpan TestLimit = TimeSpan.FromSeconds(180);

    private protected Deployment Deployment => fixture.Deployment;

    /// <summary>mfsmount 3 refuses them before it asks anybody.</summary>
    private protected bool KnowsRenameModes => Deployment.Plan.Mount == MooseFsRelease.V4;

    /// <summary>Runs a test on a thread of its own with the paths of its folder, as A and as B see it.</summary>
    private protected async Task OnBothAsync(Action<string, string> body, [CallerMemberName] string test = "")
    {
        var paths = Deployment.Mounts.Take(2).Select(mount => Path.Combine(mount.Path, test)).ToArray();
        var running = Task.Factory.StartNew(() =>
        {
            Testbed.Native.Posix.MakeDirectory(paths[0]);
            body(paths[0], paths[1]);
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await running.WaitAsync(TestLimit, TestContext.Current.CancellationToken);
    }

    private protected Task OnOneAsync(Action<string> body, [CallerMemberName] string test = "") => OnBothAsync((a, _) => body(a), test);

    private protected static void AssertFails(Errno expected, Action call)
        => Assert.Equal(expected, Assert.Throws<PosixException>(call).Error);
}
