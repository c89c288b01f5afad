using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;
using MfsHa.Testbed.Native;

namespace MfsHa.Testbed.Deployments;

/// <summary>A whole running file system: metadata service, chunkservers, mounts.</summary>
public sealed class Deployment : IAsyncDisposable
{
    private static readonly TimeSpan CapacityLimit = TimeSpan.FromSeconds(60);

    private readonly List<ChunkServer> chunkServers = [];
    private readonly List<Mount> mounts = [];

    private Deployment(DeploymentPlan plan, TestEnvironment environment, IMetadataService service)
    {
        Plan = plan;
        Environment = environment;
        Service = service;
    }

    public DeploymentPlan Plan { get; }

    public TestEnvironment Environment { get; }

    public IMetadataService Service { get; }

    public IReadOnlyList<ChunkServer> ChunkServers => chunkServers;

    public IReadOnlyList<Mount> Mounts => mounts;

    /// <summary>The service as a cluster of mfsha nodes.</summary>
    public MfsHaCluster Cluster => (MfsHaCluster)Service;

    /// <summary>Starts everything and returns when files can be written.</summary>
    public static async Task<Deployment> StartAsync(DeploymentPlan plan, CancellationToken cancellation = default)
    {
        var environment = await TestEnvironment.CreateAsync(cancellation).ConfigureAwait(false);
        try
        {
            var deployment = new Deployment(plan, environment, await CreateServiceAsync(plan, environment, cancellation).ConfigureAwait(false));
            await deployment.StartAsync(cancellation).ConfigureAwait(false);
            return deployment;
        }
        catch
        {
            await environment.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>One more client, at the next endpoint.</summary>
    public async Task<Mount> AddMountAsync(MooseFsRelease? release = null, CancellationToken cancellation = default)
    {
        var mount = await Mount.CreateAsync(
            Environment, release ?? Plan.Mount, Service.EndpointFor(mounts.Count), $"mount{mounts.Count + 1}", Plan.Caching,
            cancellation: cancellation).ConfigureAwait(false);
        mounts.Add(mount);
        await mount.StartAsync(cancellation).ConfigureAwait(false);
        return mount;
    }

    public ValueTask DisposeAsync() => Environment.DisposeAsync();

    private static async Task<IMetadataService> CreateServiceAsync(
        DeploymentPlan plan, TestEnvironment environment, CancellationToken cancellation) => plan.Service switch
        {
            ServiceKind.MfsHa => await CreateClusterAsync(plan, environment, cancellation).ConfigureAwait(false),
            ServiceKind.MfsMaster3 => await MfsMaster.CreateAsync(environment, MooseFsRelease.V3, settings: plan.ServiceSettings, cancellation: cancellation).ConfigureAwait(false),
            ServiceKind.MfsMaster4 => await MfsMaster.CreateAsync(environment, MooseFsRelease.V4, settings: plan.ServiceSettings, cancellation: cancellation).ConfigureAwait(false),
            _ => throw new ArgumentOutOfRangeException(nameof(plan)),
        };

    private static async Task<MfsHaCluster> CreateClusterAsync(DeploymentPlan plan, TestEnvironment environment, CancellationToken cancellation)
    {
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: plan.ServiceSettings, cancellation: cancellation).ConfigureAwait(false);
        foreach (var node in cluster.Nodes)
        {
            node.Program = plan.Program ?? node.Program;
        }
        return cluster;
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        await Service.StartAsync(cancellation).ConfigureAwait(false);
        for (var number = 1; number <= Plan.ChunkServers; number++)
        {
            var server = await ChunkServer.CreateAsync(
                Environment, Plan.ChunkServer, Service.EndpointFor(number), $"chunkserver{number}", LabelOf(number), cancellation).ConfigureAwait(false);
            chunkServers.Add(server);
            server.Start();
        }
        for (var number = 1; number <= Plan.Mounts; number++)
        {
            await AddMountAsync(cancellation: cancellation).ConfigureAwait(false);
        }
        await WaitForCapacityAsync(cancellation).ConfigureAwait(false);
    }

    // The first has the label A, the second B...
    private static string LabelOf(int number) => ((char)('A' + number - 1)).ToString();

    // Until all chunkservers have registered with the service, files would have fewer copies, or none.
    private Task WaitForCapacityAsync(CancellationToken cancellation)
    {
        // Each offers what is free on the same disk; a statvfs of the mount shows the sum.
        var expected = (Plan.ChunkServers - 0.5) * Posix.StatFileSystem(Environment.Folder).Available;
        return Deadline.WaitAsync($"{Plan.ChunkServers} chunkservers are connected", CapacityLimit, () =>
        {
            chunkServers.ForEach(static server => server.Process.ThrowIfExited());
            return mounts.Count == 0 || Posix.StatFileSystem(mounts[0].Path).Total > expected;
        }, cancellation);
    }
}
