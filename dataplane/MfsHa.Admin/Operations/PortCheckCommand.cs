using System.CommandLine;
using System.Diagnostics;
using System.Net.Sockets;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>port-check</c>: whether a port of every node takes connections from here.</summary>
internal static class PortCheckCommand
{
    private const int MaxPort = 65535;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(2);

    public static Command Create(OperationsCall calls)
    {
        // Hides the --port of the other commands: where the admin service is must be said by --host HOST:PORT here.
        var port = new Option<int>("--port") { Description = "The port to try (9419 metaloggers, 9420 chunkservers, 9421 clients, 9430 nodes, 9431 this service).", HelpName = "PORT", Required = true };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MaxPort)
            {
                result.AddError($"--port: expected 1..{MaxPort}");
            }
        });
        return OperationsCall.Create(
            "port-check", "Connect to a port of every node from this machine. Exit code: 0 open on all nodes, 1 not.", [port],
            async (parsed, cancellation) =>
            {
                ClusterStatus status = await calls.StatusAsync(parsed, cancellation);
                Line[] lines = await Task.WhenAll(status.Nodes.Select(n => CheckAsync(n, parsed.GetValue(port), cancellation)));
                await calls.WriteAsync(parsed, lines, static all => all.Select(static l => l.ToText()));
                return lines.All(static l => l.State == "OPEN") ? ExitCode.Done : ExitCode.Trouble;
            });
    }

    private static async Task<Line> CheckAsync(NodeStatus node, int port, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(_limit);
        using var client = new TcpClient();
        long start = Stopwatch.GetTimestamp();
        try
        {
            await client.ConnectAsync(node.Host, port, limited.Token);
            return new Line(node.Id, node.Host, port, "OPEN", (ulong)Stopwatch.GetElapsedTime(start).TotalMicroseconds, "");
        }
        catch (SocketException e)
        {
            return new Line(node.Id, node.Host, port, e.SocketErrorCode == SocketError.ConnectionRefused ? "CLOSED" : "UNREACHABLE", null, e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Line(node.Id, node.Host, port, "TIMEOUT", null, $"no answer within {_limit.TotalSeconds} s");
        }
    }

    internal sealed record Line(uint Node, string Host, int Port, string State, ulong? ConnectMicroseconds, string Error)
    {
        public string ToText() => $"Node {Node} ({Host}:{Port}): {State}" + (ConnectMicroseconds is { } time ? $" ({Show.Milliseconds(time)})" : $" ({Error})");
    }
}
