using System.Globalization;
using System.Text.RegularExpressions;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MooseFs;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.MetaLoggers;

/// <summary>Real metaloggers at mfsha: they are told that there is no metadata to have, stay connected, and neither they nor a node mind.</summary>
public sealed partial class MetaLoggerTests
{
    private const long MostBytes = 20_000;
    private const int MostLines = 30;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    /// <summary>MFSHA_METALOGGER_SECONDS makes it longer.</summary>
    private static readonly TimeSpan Connected = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("MFSHA_METALOGGER_SECONDS") ?? "6", CultureInfo.InvariantCulture));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metaloggers_stay_connected_and_harm_nobody()
    {
        var plan = new DeploymentPlan(ServiceKind.MfsHa, MooseFsRelease.V4, MooseFsRelease.V4) { Mounts = 1, ChunkServers = 1 };
        await using var deployment = await Deployment.StartAsync(plan, Cancellation);
        var nodes = deployment.Cluster.Nodes;
        MetaLogger[] loggers =
        [
            await MetaLogger.CreateAsync(deployment.Environment, MooseFsRelease.V3, nodes[1].Host, "logger3", Cancellation),
            await MetaLogger.CreateAsync(deployment.Environment, MooseFsRelease.V4, nodes[1].Host, "logger4", Cancellation),
        ];
        Array.ForEach(loggers, static logger => logger.Start());
        await Deadline.WaitAsync("they are told that there is nothing to download", Limit, () => loggers.All(static logger => Lines(logger, "download start error") > 0), Cancellation);
        var before = await ConnectionsAsync(loggers);

        // What a metalogger of a mfsmaster would be sent: changes.
        var end = DateTime.UtcNow + Connected;
        for (var i = 0; DateTime.UtcNow < end; i++)
        {
            P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{deployment.Mounts[0].Path}/directory{i}"));
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation);
        }
        var after = await ConnectionsAsync(loggers);
        Assert.Equal(before.Select(static c => c.Name), after.Select(static c => c.Name));
        Assert.All(after, static connection => Assert.InRange(connection.Bytes, 1, MostBytes));
        Assert.All(loggers, static logger => AssertQuiet(logger, connections: 1));
        Assert.Equal(loggers.Length, LinesAbout(nodes[1]));
        Assert.Equal(0, LinesAbout(nodes[0]) + LinesAbout(nodes[2]));

        // Its node dies and comes back, and so do they.
        await nodes[1].CrashAsync();
        nodes[1].Start();
        await nodes[1].WaitReadyAsync(Cancellation);
        await Deadline.WaitAsync("they are connected again", Limit, () => loggers.All(static logger => Lines(logger, "connected to Master") == 2), Cancellation);
        P.MakeDirectory($"{deployment.Mounts[0].Path}/last");
        Assert.All(loggers, static logger => AssertQuiet(logger, connections: 2));
        await deployment.Cluster.AdminAsync(nodes[0], ["consistency-check"], Cancellation);
    }

    private static void AssertQuiet(MetaLogger logger, int connections)
    {
        logger.Process.ThrowIfExited();
        Assert.InRange(File.ReadLines(logger.Process.LogFile).Count(), 1, connections * MostLines);
        Assert.InRange(Lines(logger, "download start error"), 1, connections + (int)Connected.TotalHours);

        // proc(5): the 14th and 15th field are the ticks of processor time, 100 a second.
        var fields = File.ReadAllText($"/proc/{logger.Process.Id}/stat").Split(") ")[1].Split(' ');
        Assert.InRange(long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture), 0, 100 + (long)Connected.TotalSeconds);
        Assert.DoesNotContain(Directory.GetFiles(logger.DataFolder), static file => file.EndsWith(".mfs", StringComparison.Ordinal));
    }

    private static int Lines(MetaLogger logger, string text)
        => !File.Exists(logger.Process.LogFile) ? 0 : File.ReadLines(logger.Process.LogFile).Count(line => line.Contains(text, StringComparison.Ordinal));

    private static int LinesAbout(MfsHaNode node)
        => File.ReadLines(node.Log).Count(static line => line.Contains("metalogger", StringComparison.OrdinalIgnoreCase));

    /// <summary>The connection of each, by its ends, and the bytes of both directions.</summary>
    private static async Task<IReadOnlyList<(string Name, long Bytes)>> ConnectionsAsync(IEnumerable<MetaLogger> loggers)
    {
        var connections = new List<(string Name, long Bytes)>();
        foreach (var logger in loggers)
        {
            var listing = Listing().Match(await Command.RunAsync(logger.Host.CommandLine(["ss", "-tniH"]), Cancellation));
            Assert.True(listing.Success, $"{logger.Process.Name} is not connected");
            connections.Add((listing.Groups[1].Value, long.Parse(listing.Groups[2].Value, CultureInfo.InvariantCulture) + long.Parse(listing.Groups[3].Value, CultureInfo.InvariantCulture)));
        }
        return connections;
    }

    [GeneratedRegex(@"ESTAB\s+\d+\s+\d+\s+(\S+\s+\S+:9419).*?bytes_sent:(\d+).*?bytes_received:(\d+)", RegexOptions.Singleline)]
    private static partial Regex Listing();
}
