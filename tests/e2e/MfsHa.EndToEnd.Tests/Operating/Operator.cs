using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.Operating;

/// <summary>Whoever runs the servers of a deployment: edits their files, the same on all, and calls their programs.</summary>
internal sealed class Operator(Deployment deployment)
{
    private readonly IReadOnlyList<Server> servers = deployment.Service switch
    {
        MfsMaster master => [new(MasterOf(deployment.Plan.Service).Master, master.ConfigurationPath, master.Endpoints[0])],
        MfsHaCluster cluster => [.. cluster.Nodes.Select(static node => new Server(MfsHaPrograms.Node, node.ConfigurationPath, node.Host))],
        _ => throw new ArgumentOutOfRangeException(nameof(deployment)),
    };

    /// <summary>Replaces mfsexports.cfg of all servers and has them read it.</summary>
    public async Task ExportAsync(string text, CancellationToken cancellation)
    {
        foreach (var server in servers)
        {
            await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(server.Configuration)!, "mfsexports.cfg"), text, cancellation);
        }
        foreach (var server in servers)
        {
            Assert.Equal(0, (await RunAsync(server, "reload", cancellation)).ExitCode);
        }
    }

    /// <summary>Adds lines to the configuration of all servers.</summary>
    public async Task ConfigureAsync(string lines, CancellationToken cancellation)
    {
        foreach (var server in servers)
        {
            await File.AppendAllTextAsync(server.Configuration, $"{lines}\n", cancellation);
        }
    }

    /// <summary>Calls one action of all servers' programs.</summary>
    public async Task<IReadOnlyList<CommandResult>> RunAllAsync(string action, CancellationToken cancellation)
        => await Task.WhenAll(servers.Select(server => RunAsync(server, action, cancellation)));

    /// <summary>Calls one action of the first server's program.</summary>
    public Task<CommandResult> RunAsync(string action, CancellationToken cancellation) => RunAsync(servers[0], action, cancellation);

    private static MooseFsRelease MasterOf(ServiceKind kind) => kind is ServiceKind.MfsMaster3 ? MooseFsRelease.V3 : MooseFsRelease.V4;

    private static Task<CommandResult> RunAsync(Server server, string action, CancellationToken cancellation)
        => Command.TryRunAsync(server.Host.CommandLine([server.Program, "-c", server.Configuration, action]), cancellation: cancellation);

    private sealed record Server(string Program, string Configuration, Host Host);
}
