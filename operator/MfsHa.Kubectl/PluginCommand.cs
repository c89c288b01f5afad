using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace MfsHa.Kubectl;

/// <summary>The command line of <c>kubectl mfsha</c>. What changes something makes or changes an object; the operator does the rest.</summary>
internal static class PluginCommand
{
    private const int Trouble = 3;
    private const string Kind = "mfshaclusters.mfsha.io";

    /// <summary>The command.</summary>
    public static RootCommand Create(TextWriter output)
    {
        var context = new PluginContext();
        var root = new RootCommand("MooseFS metadata clusters (mfsha) on Kubernetes. Exit codes of status: 0 ready, 1 degraded or under way, 2 no quorum, 3 not readable.")
        {
            Status(context, output), Plan(context, output), Scale(context), Upgrade(context), Backup(context), Restore(context, output), Failover(context), Simple(context, "rebalance", "Give nodes their share of the replicas, and spread the leaders over them.", "Rebalance"),
            Simple(context, "verify", "Compare the checksums of all replicas.", "Verify"), Simple(context, "release-deletions", "After a restore: let chunks be deleted again.", "ReleaseDeletions"),
            Simple(context, "rotate-authority", "Replace the CA that the operator has made.", "RotateAuthority"),
            Restart(context), RecoverQuorum(context), Logs(context), Admin(context), MountCommand(context, output), Report(context, output), Completion(output),
        };
        foreach (Option option in context.All)
        {
            root.Options.Add(option);
        }

        return root;
    }

    private static Command Status(PluginContext context, TextWriter output)
    {
        var format = new Option<string>("--output", "-o") { Description = "text, wide, json or yaml.", HelpName = "FORMAT", DefaultValueFactory = static _ => "text" };
        format.AcceptOnlyFromAmong("text", "wide", "json", "yaml");
        return Make(new Command("status", "One page: nodes, leaders, quorum, operation, last backup.") { format }, async (parsed, cancellation) =>
        {
            string name = await context.NameAsync(parsed, cancellation);
            KubectlProcess kubectl = context.Kubectl(parsed);
            string wanted = parsed.GetValue(format)!;
            JsonNode cluster = await kubectl.GetAsync(cancellation, Kind, name);
            await output.WriteAsync(wanted switch
            {
                "json" or "yaml" => await kubectl.ReadAsync(cancellation, "get", Kind, name, "-o", wanted),
                _ => StatusPage.Render(cluster, await kubectl.GetAsync(cancellation, "pods", "-l", PluginContext.Selector(name)), wanted == "wide"),
            });
            return StatusPage.ExitCodeOf(cluster);
        });
    }

    private static Command Plan(PluginContext context, TextWriter output)
    {
        var file = new Option<string?>("--filename", "-f") { Description = "What would change if this file were applied; nothing is.", HelpName = "FILE" };
        return Make(new Command("plan", "What the operator does now; of a paused or only observed cluster, what it would do.") { file }, async (parsed, cancellation) =>
        {
            if (parsed.GetValue(file) is { } path)
            {
                return await PlanFileAsync(context.Kubectl(parsed), path, output, cancellation);
            }

            JsonNode cluster = await context.Kubectl(parsed).GetAsync(cancellation, Kind, await context.NameAsync(parsed, cancellation));
            string[] plan = [.. (cluster["status"]?["plan"] as JsonArray ?? []).Select(static p => p!.ToString())];
            await output.WriteLineAsync(plan.Length > 0 ? string.Join('\n', plan)
                : cluster["status"]?["operation"] is { } operation ? $"{operation["type"]}: {operation["message"]}"
                : "nothing");
            return 0;
        });
    }

    // The API server says what the objects would be, defaults and all, and refuses what its schema refuses.
    private static async Task<int> PlanFileAsync(KubectlProcess kubectl, string file, TextWriter output, CancellationToken cancellation)
    {
        JsonNode applied = JsonNode.Parse(await kubectl.ReadAsync(cancellation, "apply", "--dry-run=server", "-o", "json", "-f", file)) ?? throw new PluginException("kubectl answered nothing");
        var changes = new List<string>();
        foreach (JsonNode wanted in (applied["items"] as JsonArray ?? [applied.DeepClone()]).OfType<JsonNode>())
        {
            string name = (string?)wanted["metadata"]?["name"] ?? "";
            if ((string?)wanted["kind"] != "MfsHaCluster")
            {
                changes.Add($"{wanted["kind"]} {name} is made, or changed: kubectl diff -f {file} shows how");
                continue;
            }

            // A list of one or none: that there is none is no error.
            JsonNode found = await kubectl.GetAsync(cancellation, Kind, $"--namespace={wanted["metadata"]!["namespace"]}", $"--field-selector=metadata.name={name}");
            changes.AddRange(SpecChanges.Of((found["items"] as JsonArray)?.FirstOrDefault(), wanted));
        }

        await output.WriteLineAsync(changes.Count > 0 ? string.Join('\n', changes) : "nothing");
        return 0;
    }

    private static Command Scale(PluginContext context)
    {
        var nodes = new Argument<int>("nodes") { Description = "1, 3, 5 or 7." };
        return Make(new Command("scale", "Change the number of nodes.") { nodes }, (parsed, cancellation) =>
            PatchAsync(context, parsed, new JsonObject { ["replicas"] = parsed.GetValue(nodes) }, cancellation));
    }

    private static Command Upgrade(PluginContext context)
    {
        var image = new Argument<string>("image") { Description = "Image of the nodes." };
        return Make(new Command("upgrade", "Roll another image out, one node after the other.") { image }, (parsed, cancellation) =>
            PatchAsync(context, parsed, new JsonObject { ["image"] = parsed.GetValue(image) }, cancellation));
    }

    private static Command Backup(PluginContext context)
    {
        var claim = new Option<string?>("--claim") { Description = "PersistentVolumeClaim that it goes to.", HelpName = "NAME" };
        var bucket = new Option<string?>("--s3-bucket") { Description = "Instead: bucket of an object store that it goes to.", HelpName = "NAME" };
        var secret = new Option<string?>("--s3-secret") { Description = "Secret with the store's keys.", HelpName = "NAME" };
        var endpoint = new Option<string?>("--s3-endpoint") { Description = "URL of the store; left out: Amazon's.", HelpName = "URL" };
        var prefix = new Option<string?>("--s3-prefix") { Description = "What keys begin with.", HelpName = "TEXT" };
        var region = new Option<string?>("--s3-region") { Description = "Region of the store.", HelpName = "NAME" };
        var name = new Option<string?>("--name") { Description = "Name of the MfsHaBackup; left out: one is made.", HelpName = "NAME" };
        return Make(new Command("backup", "Make one backup (MfsHaBackup).") { claim, bucket, secret, endpoint, prefix, region, name }, async (parsed, cancellation) =>
        {
            JsonObject target = (parsed.GetValue(claim), parsed.GetValue(bucket), parsed.GetValue(secret)) switch
            {
                ({ } volume, null, null) => new JsonObject { ["claimName"] = volume },
                (null, { } store, { } keys) => Manifests.Store(store, keys, parsed.GetValue(endpoint), parsed.GetValue(prefix), parsed.GetValue(region)),
                _ => throw new PluginException("--claim, or --s3-bucket and --s3-secret, expected"),
            };
            return await context.Kubectl(parsed).FeedAsync("create", Manifests.Backup(await context.NameAsync(parsed, cancellation), parsed.GetValue(name), target), cancellation);
        });
    }

    private static Command Restore(PluginContext context, TextWriter output)
    {
        var name = new Argument<string>("name") { Description = "Name of the new cluster; with --in-place of the one that goes back to the backup." };
        var isInPlace = new Option<bool>("--in-place") { Description = "The cluster itself goes back to the backup (MfsHaRestore): all nodes stop, and what was written after the backup is not there afterwards." };
        var confirm = new Option<string>("--confirm") { Description = "With --in-place: the cluster's name again.", HelpName = "NAME", DefaultValueFactory = static _ => "" };
        var backup = new Option<string>("--from-backup") { Description = "A completed MfsHaBackup of this namespace.", HelpName = "NAME", Required = true };
        var replicas = new Option<int>("--replicas") { Description = "Nodes of the new cluster.", DefaultValueFactory = static _ => 3 };
        var size = new Option<string>("--size") { Description = "Volume of each node.", DefaultValueFactory = static _ => "10Gi" };
        return Make(new Command("restore", "Make a new cluster from a backup, or have one go back to it.") { name, backup, replicas, size, isInPlace, confirm }, async (parsed, cancellation) =>
        {
            KubectlProcess kubectl = context.Kubectl(parsed);
            JsonNode made = await kubectl.GetAsync(cancellation, "mfshabackups.mfsha.io", parsed.GetValue(backup)!);
            if ((string?)made["status"]?["phase"] != "Completed" || (string?)made["status"]?["path"] is not { } path || made["spec"]?["target"] is not { } target)
            {
                throw new PluginException($"MfsHaBackup {parsed.GetValue(backup)} is not complete: {made["status"]?["phase"] ?? "not begun"}");
            }

            if (parsed.GetValue(isInPlace))
            {
                return parsed.GetValue(confirm) == parsed.GetValue(name)
                    ? await kubectl.FeedAsync("create", Manifests.Restore(parsed.GetValue(name)!, parsed.GetValue(backup)!), cancellation)
                    : throw new PluginException($"--confirm {parsed.GetValue(name)}: all nodes stop, and what was written after the backup is not there afterwards");
            }

            int code = await kubectl.FeedAsync("create", Manifests.Restored(parsed.GetValue(name)!, parsed.GetValue(replicas), parsed.GetValue(size)!, target, path), cancellation);
            if (code == 0)
            {
                await output.WriteLineAsync("Chunks are deleted again only after: kubectl mfsha release-deletions --cluster " + parsed.GetValue(name));
            }

            return code;
        });
    }

    private static Command Failover(PluginContext context)
    {
        var node = new Argument<string>("node") { Description = "Number or pod of the node that gives its leaders away." };
        return Make(new Command("failover", "Have a node give all its leaders away.") { node }, (parsed, cancellation) =>
            OperateAsync(context, parsed, "Switchover", PluginContext.NodeOf(parsed.GetValue(node)!), cancellation));
    }

    private static Command Restart(PluginContext context)
    {
        var node = new Argument<string?>("node") { Description = "Number or pod of a node; left out: all, one after the other.", Arity = ArgumentArity.ZeroOrOne };
        return Make(new Command("restart", "Start nodes again.") { node }, (parsed, cancellation) =>
            OperateAsync(context, parsed, "Restart", parsed.GetValue(node) is { } one ? PluginContext.NodeOf(one) : null, cancellation));
    }

    private static Command RecoverQuorum(PluginContext context)
    {
        var nodes = new Option<string>("--nodes") { Description = "Numbers or pods of all nodes that still have their disks, separated by commas.", HelpName = "N,...", Required = true };
        var confirm = new Option<string>("--confirm") { Description = "The cluster's name again.", HelpName = "NAME", DefaultValueFactory = static _ => "" };
        return Make(new Command("recover-quorum", "When a majority is lost for good: go on with the named nodes. What only the others had acknowledged is lost, and they get new volumes.") { nodes, confirm }, async (parsed, cancellation) =>
        {
            string name = await context.NameAsync(parsed, cancellation);
            int[] kept = [.. parsed.GetValue(nodes)!.Split(',', StringSplitOptions.TrimEntries).Select(PluginContext.NodeOf)];
            return parsed.GetValue(confirm) == name
                ? await context.Kubectl(parsed).FeedAsync("create", Manifests.Recovery(name, kept), cancellation)
                : throw new PluginException($"--confirm {name}: what only the other nodes had acknowledged is lost, and their volumes are deleted");
        });
    }

    private static Command Simple(PluginContext context, string name, string description, string type) =>
        Make(new Command(name, description), (parsed, cancellation) => OperateAsync(context, parsed, type, node: null, cancellation));

    private static Command Logs(PluginContext context)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on." };
        var tail = new Option<int>("--tail") { Description = "Lines of each node.", DefaultValueFactory = static _ => 100 };
        return Make(new Command("logs", "Logs of all nodes.") { follow, tail }, async (parsed, cancellation) => await context.Kubectl(parsed).RunAsync(
            cancellation,
            [
                "logs", "-l", PluginContext.Selector(await context.NameAsync(parsed, cancellation)), "--prefix", "--max-log-requests=16",
                string.Create(CultureInfo.InvariantCulture, $"--tail={parsed.GetValue(tail)}"), .. parsed.GetValue(follow) ? ["-f"] : Array.Empty<string>(),
            ]));
    }

    private static Command Admin(PluginContext context)
    {
        var arguments = new Argument<string[]>("arguments") { Description = "Arguments of mfsha-admin, after --.", Arity = ArgumentArity.ZeroOrMore };
        return Make(new Command("admin", "Run mfsha-admin in a pod.") { arguments }, async (parsed, cancellation) =>
        {
            KubectlProcess kubectl = context.Kubectl(parsed);
            JsonNode pods = await kubectl.GetAsync(cancellation, "pods", "-l", PluginContext.Selector(await context.NameAsync(parsed, cancellation)));
            return await kubectl.RunAsync(cancellation, ["exec", PluginContext.PodOf(pods), "--", "mfsha-admin", .. parsed.GetValue(arguments) ?? []]);
        });
    }

    private static Command MountCommand(PluginContext context, TextWriter output) =>
        Make(new Command("mount-command", "What mounts the file system, from within the cluster and from where its services are reachable."), async (parsed, cancellation) =>
        {
            string name = await context.NameAsync(parsed, cancellation);
            JsonNode service = await context.Kubectl(parsed).GetAsync(cancellation, "service", name);
            await output.WriteLineAsync($"mfsmount -H {name}.{service["metadata"]?["namespace"]}.svc /mnt");
            await output.WriteLineAsync($"mfsmount -H {service["spec"]?["clusterIP"]} /mnt");
            return 0;
        });

    private static Command Report(PluginContext context, TextWriter output)
    {
        var file = new Option<FileInfo>("--file", "-f") { Description = "Where it goes.", HelpName = "FILE", DefaultValueFactory = static _ => new FileInfo("mfsha-report.txt") };
        return Make(new Command("report", "Everything that helps to understand a problem, in one text file; no secrets.") { file }, async (parsed, cancellation) =>
        {
            string name = await context.NameAsync(parsed, cancellation);
            KubectlProcess kubectl = context.Kubectl(parsed);
            string selector = PluginContext.Selector(name);
            string[][] questions =
            [
                ["version"], ["get", Kind, name, "-o", "yaml"], ["get", "mfshabackups,mfshascheduledbackups,mfsharestores,mfshaoperations", "-o", "yaml"], ["get", "statefulset,service,configmap,pdb,pvc,pods", "-l", selector, "-o", "wide"],
                ["describe", "pods", "-l", selector], ["get", "events", "--sort-by=.lastTimestamp"], ["logs", "-l", selector, "--prefix", "--max-log-requests=16", "--tail=1000"],
                ["logs", "-n", "mfsha-system", "-l", "app.kubernetes.io/name=mfsha-operator", "--tail=1000"], ["exec", $"{name}-0", "--", "mfsha-admin", "status"], ["exec", $"{name}-0", "--", "mfsha-admin", "config", "get"],
            ];
            await using StreamWriter writer = parsed.GetValue(file)!.CreateText();
            foreach (string[] question in questions)
            {
                await writer.WriteLineAsync($"### kubectl {string.Join(' ', question)}");

                // Each part fails alone: what is missing is said in its place.
                try
                {
                    await writer.WriteLineAsync(await kubectl.ReadAsync(cancellation, question));
                }
                catch (PluginException e)
                {
                    await writer.WriteLineAsync("NOT READABLE: " + e.Message);
                }
            }

            await output.WriteLineAsync(parsed.GetValue(file)!.FullName);
            return 0;
        });
    }

    private static Command Completion(TextWriter output) =>
        Make(new Command("completion", "Prints the program kubectl_complete-mfsha: put it beside kubectl-mfsha, executable, and kubectl completes 'kubectl mfsha'."), async (_, _) =>
        {
            await output.WriteAsync("#!/bin/sh\n# Completion of kubectl mfsha.\nline=\"kubectl-mfsha $*\"\nexec kubectl-mfsha \"[suggest:${#line}]\" \"$line\"\n");
            return 0;
        });

    private static async Task<int> OperateAsync(PluginContext context, ParseResult parsed, string type, int? node, CancellationToken cancellation) =>
        await context.Kubectl(parsed).FeedAsync("create", Manifests.Operation(await context.NameAsync(parsed, cancellation), type, node), cancellation);

    private static async Task<int> PatchAsync(PluginContext context, ParseResult parsed, JsonObject spec, CancellationToken cancellation) =>
        await context.Kubectl(parsed).RunAsync(
            cancellation, "patch", Kind, await context.NameAsync(parsed, cancellation), "--type=merge", "-p", new JsonObject { ["spec"] = spec }.ToJsonString());

    private static Command Make(Command command, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await run(parsed, cancellation);
            }
            catch (Exception e) when (e is PluginException or IOException)
            {
                await Console.Error.WriteLineAsync("kubectl mfsha: " + e.Message);
                return Trouble;
            }
        });
        return command;
    }
}
