using System.CommandLine;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;
using Spectre.Console;

namespace MfsHa.Admin.Operations;

/// <summary><c>top</c>: the cluster on one screen, again and again.</summary>
internal static class TopCommand
{
    private const int MaxInterval = 3600;

    public static Command Create(OperationsCall calls)
    {
        var interval = new Option<int>("--interval") { Description = "Seconds between two pictures.", HelpName = "SECONDS", DefaultValueFactory = static _ => 1 };
        var count = new Option<int>("--count") { Description = "Pictures to show (default: until it is interrupted).", HelpName = "N" };
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MaxInterval)
            {
                result.AddError($"--interval: expected 1..{MaxInterval} seconds");
            }
        });
        return OperationsCall.Create(
            "top", "Show nodes, leaders, operations and memory on a live screen, until it is interrupted (Ctrl-C). Without a terminal pictures are printed one after the other.", [interval, count],
            async (parsed, cancellation) =>
            {
                var pause = TimeSpan.FromSeconds(parsed.GetValue(interval));
                int pictures = parsed.GetValue(count) is > 0 and int some ? some : int.MaxValue;
                IAnsiConsole console = StatusText.ConsoleFor(calls.Output);
                IReadOnlyList<NodeDetails> before = await calls.DetailsAsync(parsed, [], cancellation);
                if (!console.Profile.Capabilities.Ansi)
                {
                    for (int i = 0; i < pictures; i++)
                    {
                        (Table picture, before) = await NextAsync(calls, parsed, before, pause, cancellation);
                        console.Write(picture);
                    }

                    return ExitCode.Done;
                }

                await console.Live(new Text("measuring...")).AutoClear(false).StartAsync(async live =>
                {
                    for (int i = 0; i < pictures; i++)
                    {
                        (Table picture, before) = await NextAsync(calls, parsed, before, pause, cancellation);
                        live.UpdateTarget(picture);
                    }
                });
                return ExitCode.Done;
            });
    }

    private static async Task<(Table Picture, IReadOnlyList<NodeDetails> Now)> NextAsync(
        OperationsCall calls, ParseResult parsed, IReadOnlyList<NodeDetails> before, TimeSpan pause, CancellationToken cancellation)
    {
        await Task.Delay(pause, cancellation);
        ClusterHealth health = ClusterHealth.Of(await calls.StatusAsync(parsed, cancellation));
        IReadOnlyList<NodeDetails> now = await calls.DetailsAsync(parsed, [], cancellation);
        return (TopPicture.Of(health, before, now), now);
    }
}
