using System.Globalization;
using MfsHa.Admin.Contract;
using Spectre.Console;

namespace MfsHa.Admin.Output;

/// <summary>The text of <c>status</c>: five lines that scripts and people look for, then tables.</summary>
internal static class StatusText
{
    /// <summary>Width where there is no terminal that has one.</summary>
    private const int PlainWidth = 160;

    public static string WordOf(HealthVerdict verdict) => verdict switch
    {
        HealthVerdict.Healthy => "HEALTHY",
        HealthVerdict.Degraded => "DEGRADED",
        HealthVerdict.NoQuorum => "NO QUORUM",
        HealthVerdict.Unreachable => "UNREACHABLE",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    public static void Write(TextWriter output, ClusterStatus status, ClusterHealth health)
    {
        output.WriteLine($"Cluster Status: {WordOf(health.Verdict)}");
        output.WriteLine($"Nodes: {health.NodesOnline}/{health.Nodes} online");
        output.WriteLine($"Shards: {health.ShardsAvailable}/{health.Shards} available");
        output.WriteLine($"Leaders: {health.ShardsAvailable}/{health.Shards} elected");
        output.WriteLine($"Replication: {health.SynchronizedPercent}% synchronized");
        if (!health.IsSystemGroupLed)
        {
            output.WriteLine("System group: NO LEADER");
        }

        IAnsiConsole console = ConsoleFor(output);
        console.WriteLine();
        console.Write(Nodes(status));
        console.Write(Groups(status));
        console.Write(ChunkServers(status));
        console.WriteLine($"Sessions: {Number(status.Sessions)}");
        console.WriteLine($"Format level: {(status.FormatLevel == 0 ? "not known" : Number(status.FormatLevel))}");
    }

    internal static IAnsiConsole ConsoleFor(TextWriter output)
    {
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }

    private static Table Nodes(ClusterStatus status)
    {
        Table table = NewTable("Nodes", "id", "address", "state", "region", "version", "formats", "up", "leads", "clients", "chunkservers", "metaloggers");
        foreach (NodeStatus node in status.Nodes)
        {
            string[] leads = [.. status.Groups.Where(g => g.Leader == node.Id).Select(g => GroupVerdict.NameOf(g.Group))];
            AddRow(
                table, Number(node.Id), $"{node.Host}:{node.Port}", node.Ready ? "ready" : node.Online ? "online" : "OFFLINE", node.Region, node.Version.Split('+')[0],
                Formats(node), node.Online ? Uptime(node.UptimeSeconds) : "", string.Join(", ", leads), Number(node.Clients), Number(node.ChunkServers), Number(node.Metaloggers));
        }

        return table;
    }

    private static Table Groups(ClusterStatus status)
    {
        Table table = NewTable("Groups", "group", "leader", "term", "committed", "replicas (node: applied)");
        foreach (GroupStatus group in status.Groups)
        {
            IEnumerable<string> replicas = group.Replicas.Select(
                r => $"{r.Node}: {(r.Online ? Number(r.Applied) : "OFFLINE")}{(r.Voter ? "" : " learner")}{Lag(group, r)}");
            AddRow(
                table, GroupVerdict.NameOf(group.Group), group.Leader == 0 ? "NONE" : Number(group.Leader), Number(group.Term), Number(group.Committed), string.Join("  ", replicas));
        }

        return table;
    }

    private static Table ChunkServers(ClusterStatus status)
    {
        Table table = NewTable("Chunkservers", "id", "address", "connected to", "used", "total", "chunks", "version");
        foreach (ChunkServerStatus server in status.ChunkServers)
        {
            AddRow(
                table, Number(server.Id), $"{server.Address}:{server.Port}", server.Node == 0 ? "DISCONNECTED" : $"node {server.Node}", Size(server.UsedBytes), Size(server.TotalBytes),
                Number(server.Chunks), server.Version);
        }

        return table;
    }

    /// <summary>The format levels that a node reads.</summary>
    public static string Formats(NodeStatus node) =>
        node.NewestFormat == 0 ? "" : node.OldestFormat == node.NewestFormat ? Number(node.NewestFormat) : $"{Number(node.OldestFormat)}-{Number(node.NewestFormat)}";

    /// <summary>What people call a group.</summary>
    private static string Lag(GroupStatus group, ReplicaStatus replica) =>
        replica.Online && !ClusterHealth.IsSynchronized(group, replica) ? $" BEHIND by {Number(ClusterHealth.LagOf(group, replica))}" : "";

    private static Table NewTable(string title, params string[] columns) =>
        new Table { Title = new TableTitle(title), Border = TableBorder.Ascii2 }.AddColumns(columns);

    // As plain text: names from the network are no markup.
    private static void AddRow(Table table, params string[] cells) => table.AddRow(cells.Select(c => new Text(c)));

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Uptime(ulong seconds) => TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)).ToString("c", CultureInfo.InvariantCulture);

    private static string Size(ulong bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }
}
