using System.Diagnostics;

namespace MfsHa.Playground;

/// <summary>Waiting for a condition of the outside world: looked at again and again, never longer than a limit.</summary>
public static class Deadline
{
    /// <summary>Time between two looks; short against everything that is waited for, long against the cost of a look.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within <paramref name="limit"/>; the message says <paramref name="what"/> was waited for.</exception>
    public static async Task WaitAsync(
        string what, TimeSpan limit, Func<CancellationToken, ValueTask<bool>> condition, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition(cancellation).ConfigureAwait(false))
        {
            if (clock.Elapsed > limit)
            {
                throw new TimeoutException($"not within {limit.TotalSeconds:0.#} s: {what}");
            }
            await Task.Delay(Interval, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="WaitAsync(string, TimeSpan, Func{CancellationToken, ValueTask{bool}}, CancellationToken)"/>
    public static Task WaitAsync(string what, TimeSpan limit, Func<bool> condition, CancellationToken cancellation = default)
        => WaitAsync(what, limit, _ => ValueTask.FromResult(condition()), cancellation);
}
