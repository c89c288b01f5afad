using System.CommandLine;
using MfsHa.Node.Configuration;
using MfsHa.Node.Daemon;

namespace MfsHa.Node.Commands;

/// <summary>
/// The command line of <c>mfsha</c>, which is mfsmaster's: <c>mfsha [-c FILE] [-f] [-t SECONDS] [start|stop|restart|reload|info|test]</c>,
/// and <c>mfsha demo</c>.
/// Exit codes: 0 done, 1 refused or failed.
/// </summary>
public static class NodeCommand
{
    /// <summary>The configuration file when <c>-c</c> does not name one; it may be missing then.</summary>
    public const string DefaultFile = "/etc/mfs/mfsha.cfg";

    private const int DefaultLockTimeout = 1800;

    /// <summary>Runs the command line.</summary>
    /// <param name="arguments">Arguments of the process.</param>
    /// <param name="createHost">Makes what a node runs.</param>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, CreateNodeHost createHost) =>
        // The node handles signals itself.
        Create(createHost).Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

    /// <summary>The command line.</summary>
    public static RootCommand Create(CreateNodeHost createHost)
    {
        var file = new Option<FileInfo?>("--config", "-c") { Description = $"Configuration file (default {DefaultFile}).", HelpName = "FILE" };
        var foreground = new Option<bool>("--foreground", "-f") { Description = "Run in the foreground and log to standard error, too." };
        var timeout = new Option<int>("--lock-timeout", "-t")
        {
            Description = "How long stop and restart wait for the node to end, seconds.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => DefaultLockTimeout,
        };
        var reference = new Option<bool>("--help-config") { Description = "Print the reference of all configuration keys (Markdown)." };
        var sample = new Option<bool>("--sample-config") { Description = "Print a configuration file with all keys and their defaults." };
        var import = new Option<FileInfo?>("--import-metadata")
        {
            Description = "Make the empty DATA_PATH of this node that of a new cluster with the metadata of a stopped mfsmaster, and end. The node starts on it; other nodes are added to it.",
            HelpName = "FILE",
        };
        var restore = new Option<bool>("--restore-cluster") { Description = "Make the empty DATA_PATH of this node that of a new cluster with the metadata of a backup (--backup), and end. Deletion of chunks is held until mfsha-admin release-deletions." };
        var init = new Option<bool>("--init-cluster")
        {
            Description = "Start this node as the first one of a new cluster, which it forms alone (--node-id); others join it. With --from-backup: the same as --restore-cluster.",
        };
        var join = new Option<bool>("--join-cluster")
        {
            Description = "Start this node, with an empty DATA_PATH, as a new member of a running cluster (--node-id, --peer), and wait until it has caught up. Again after an interruption: it goes on.",
        };
        var peer = new Option<string?>("--peer") { Description = "With --join-cluster: admin services of nodes of the cluster, separated by commas; the port is 9431 if not said.", HelpName = "HOST[:PORT]" };
        var address = new Option<string?>("--address")
        {
            Description = "With --join-cluster and --init-cluster: where other nodes reach this one (MFSHA_PORT). Default: what MFSHA_PEERS or BIND_HOST say, or the address from which this machine reaches the peer.",
            HelpName = "HOST[:PORT]",
        };
        var fromBackup = new Option<bool>("--from-backup") { Description = "See --init-cluster." };
        var backup = new Option<FileInfo?>("--backup") { Description = "The metadata.mfs of a backup (mfsha-backup); its manifest lies beside it.", HelpName = "FILE" };
        var nodeId = new Option<int?>("--node-id") { Description = "With --join-cluster and --init-cluster: id of this node, 1..65535; kept in DATA_PATH where the configuration does not say it. With --restore-cluster: the node that is meant; another one refuses.", HelpName = "N" };
        var action = new Argument<NodeAction>("action")
        {
            Description = "What to do; without it a node is started.",
            HelpName = "start|stop|restart|reload|info|test",
            DefaultValueFactory = _ => NodeAction.Start,
        };
        var root = new RootCommand(
            "One node of a replicated metadata service for MooseFS. Exit codes: 0 done; 1 refused or failed, or, for test, reload and info, no node is running.")
        {
            file, foreground, timeout, reference, sample, import, restore, init, fromBackup, backup, join, peer, address, nodeId, action, DemoCommand.Create(),
        };
        root.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(reference))
            {
                return WriteAsync(ConfigurationReference.ToMarkdown());
            }

            if (parsed.GetValue(sample))
            {
                return WriteAsync(ConfigurationReference.ToSample());
            }

            // Absolute, because a node changes its directory and reads the file again for a reload.
            string? path = parsed.GetValue(file)?.FullName ?? (File.Exists(DefaultFile) ? DefaultFile : null);
            if (parsed.GetValue(import) is { } metadata)
            {
                return Importer(path).RunAsync(metadata.FullName, isRestore: false, parsed.GetValue(nodeId), cancellation);
            }

            if (parsed.GetValue(join) || (parsed.GetValue(init) && !parsed.GetValue(fromBackup) && parsed.GetValue(backup) is null))
            {
                return parsed.GetValue(nodeId) is > 0 and <= ushort.MaxValue and var id && parsed.GetValue(join) == (parsed.GetValue(peer) is not null) && !(parsed.GetValue(join) && parsed.GetValue(init))
                    ? new ActionRunner(path, parsed.GetValue(foreground), TimeSpan.FromSeconds(parsed.GetValue(timeout)), createHost, new FormationRequest(id, parsed.GetValue(peer), parsed.GetValue(address)))
                        .RunAsync(NodeAction.Start, cancellation)
                    : RefuseAsync("expected --join-cluster --node-id=N --peer=HOST[:PORT], or --init-cluster --node-id=N; N is 1..65535");
            }

            if (parsed.GetValue(restore) || parsed.GetValue(init) || parsed.GetValue(fromBackup))
            {
                return parsed.GetValue(backup) is { } saved && (parsed.GetValue(restore) || (parsed.GetValue(init) && parsed.GetValue(fromBackup)))
                    ? Importer(path).RunAsync(saved.FullName, isRestore: true, parsed.GetValue(nodeId), cancellation)
                    : RefuseAsync("expected --restore-cluster --backup=FILE, or --init-cluster --from-backup --backup=FILE");
            }

            return new ActionRunner(path, parsed.GetValue(foreground), TimeSpan.FromSeconds(parsed.GetValue(timeout)), createHost)
                .RunAsync(parsed.GetValue(action), cancellation);
        });

        return root;
    }

    private static ImportRunner Importer(string? configurationFile) => new(configurationFile, Console.Out, Console.Error, TimeProvider.System);

    private static async Task<int> RefuseAsync(string text)
    {
        await Console.Error.WriteLineAsync(text).ConfigureAwait(false);
        return ExitCode.Failed;
    }

    private static async Task<int> WriteAsync(string text)
    {
        await Console.Out.WriteAsync(text).ConfigureAwait(false);
        return ExitCode.Done;
    }
}
