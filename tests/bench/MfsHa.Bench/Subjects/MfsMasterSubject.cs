using System.Diagnostics;
using MfsHa.Testbed;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.Bench.Subjects;

/// <summary>One real mfsmaster.</summary>
internal sealed class MfsMasterSubject(TestEnvironment environment, MfsMaster master, MooseFsRelease release)
    : Subject(environment, master, release)
{
    public override IReadOnlyList<ManagedProcess> Processes => [master.Process];

    public static async Task<MfsMasterSubject> CreateAsync(TestEnvironment environment, MooseFsRelease release, CancellationToken cancellation)
        => new(environment, await MfsMaster.CreateAsync(environment, release, cancellation: cancellation), release);

    public override void Start() => master.Start();

    public override async Task<TimeSpan> RestartOneAsync(CancellationToken cancellation)
    {
        await StopAsync();
        var clock = Stopwatch.StartNew();
        Start();
        await WaitServesAsync(0, cancellation);
        return clock.Elapsed;
    }

    public override async Task StopAsync()
    {
        if (!await master.StopAsync(StopLimit))
        {
            throw new TimeoutException("mfsmaster did not stop");
        }
    }
}
