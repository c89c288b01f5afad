using System.CommandLine;
using System.Diagnostics;
using Grpc.Core;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary>Has new nodes given their share of the replicas, and waits until they have it. Only the first call changes anything, so this may be interrupted at any time.</summary>
internal sealed class ShareWaiting(OperationsCall calls, ParseResult parsed, IReadOnlyList<uint> nodes)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);
    private string _said = "";

    /// <summary>How far it was at the end, and the exit code: 0 the nodes have their share, 1 that is in vain, 2 not within the time.</summary>
    public async Task<(ShareProgress Progress, int ExitCode)> RunAsync(CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        GiveSharesReply decided = await calls.CallAsync(parsed, (client, call) => client.GiveSharesAsync(new GiveSharesRequest { Nodes = { nodes } }, call), cancellation);
        ShareProgress progress = Progress(decided, new GetMigrationsReply(), new ClusterStatus()) with { Obstacle = "nothing is known of it yet" };
        await SayAsync(progress.Moves.Select(static m => m.ToText()));
        while (true)
        {
            try
            {
                GetMigrationsReply migrations = await calls.CallAsync(parsed, static (client, call) => client.GetMigrationsAsync(new GetMigrationsRequest(), call), cancellation);
                progress = Progress(decided, migrations, await calls.StatusAsync(parsed, cancellation));
                await SayAsync(progress.Nodes.Select(static n => n.ToText()));
                if (progress.IsDone || progress.Obstacle.Length > 0)
                {
                    return (progress, progress.IsDone ? ExitCode.Done : ExitCode.Trouble);
                }
            }
            catch (Exception e) when ((e is UnreachableException || e is RpcException { StatusCode: StatusCode.Unavailable }) && !cancellation.IsCancellationRequested)
            {
                // The node that is asked may be one that starts again; what was decided goes on without it.
                await SayAsync([$"Not known at the moment: {e.Message}"]);
            }

            if (Stopwatch.GetElapsedTime(begun) > calls.LimitOf(parsed))
            {
                return (progress with { Obstacle = "it takes longer than --timeout; it goes on by itself, and the same command waits for it again" }, ExitCode.Unavailable);
            }

            await Task.Delay(_pause, cancellation);
        }
    }

    private ShareProgress Progress(GiveSharesReply decided, GetMigrationsReply migrations, ClusterStatus status) => ShareProgress.Of(nodes, decided, migrations, status);

    // Only what is new, and not into JSON.
    private async Task SayAsync(IEnumerable<string> lines)
    {
        string text = string.Concat(lines.Select(static l => l + "\n"));
        if (text != _said && text.Length > 0 && calls.IsText(parsed))
        {
            _said = text;
            await calls.Output.WriteAsync(text);
            await calls.Output.FlushAsync();
        }
    }
}
