using System.Diagnostics;
using MfsHa.EndToEnd.Tests.Posix;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.BadInput;

/// <summary>A client that goes on with its work, and how long it had to wait for one step of it.</summary>
internal sealed class Bystander : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Task<(int Rounds, TimeSpan Longest)> working;

    /// <param name="folder">A new folder on the mount of that client.</param>
    public Bystander(string folder)
    {
        P.MakeDirectory(folder);
        working = Task.Factory.StartNew(() => Work(folder), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Ends the work.</summary>
    /// <exception cref="IOException">A step failed.</exception>
    public async Task<(int Rounds, TimeSpan Longest)> FinishAsync()
    {
        await stopping.CancelAsync();
        return await working;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private (int Rounds, TimeSpan Longest) Work(string folder)
    {
        var rounds = 0;
        var longest = TimeSpan.Zero;
        for (; !stopping.IsCancellationRequested; rounds++)
        {
            var path = $"{folder}/file{rounds}";
            Step(() => Content.WriteFile(path, (ulong)rounds, 100));
            Step(() => P.Rename(path, $"{path}.renamed"));
            Step(() => Content.AssertFile($"{path}.renamed", (ulong)rounds, 100));
            if (rounds % 2 == 0)
            {
                Step(() => P.Unlink($"{path}.renamed"));
            }
        }
        Assert.Equal(rounds / 2, P.ReadDirectory(folder).Count);
        return (rounds, longest);

        void Step(Action step)
        {
            var clock = Stopwatch.StartNew();
            step();
            longest = clock.Elapsed > longest ? clock.Elapsed : longest;
        }
    }
}
