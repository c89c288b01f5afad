using System.Diagnostics.CodeAnalysis;

namespace MfsHa.NodeLink.Formats;

/// <summary>
/// The format level of a node's data directory: never below that of anything in it, because it is raised, durably, before anything of a higher level is stored or applied. It is also what the node writes
/// at, and never above the cluster's level: the first thing of a level comes after the cluster's decision in the log of the system group. Thread-safe.
/// </summary>
/// <param name="range">What this release reads.</param>
/// <param name="release">Its name, for messages.</param>
/// <param name="level">The level of the data directory; <paramref name="range"/> has it.</param>
/// <param name="keep">Stores a higher level durably.</param>
public sealed class FormatGate(FormatRange range, string release, byte level, Action<byte> keep)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<Exception> met = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile byte level = level;

    /// <summary>What this release reads.</summary>
    public FormatRange Range => range;

    /// <summary>The name of this release.</summary>
    public string Release => release;

    /// <summary>The level that this node writes at.</summary>
    public byte Level => level;

    /// <summary>Completes when this node has met a level that it does not read; the process has to end.</summary>
    public Task<Exception> Met => met.Task;

    /// <summary>A gate that stores nothing, for what has no data directory.</summary>
    public static FormatGate InMemory() => new(FormatRange.Unspoken, "unnamed", FormatRange.First, static _ => { });

    /// <summary>
    /// Called before anything of a level is stored, applied or acknowledged. Returns when the data directory is of that level at least; throws <see cref="FormatLevelException"/>, and ends the node,
    /// when this release does not read it.
    /// </summary>
    public void Admit(byte wanted, string what)
    {
        if (!range.Reads(wanted))
        {
            Stop(new FormatLevelException($"{what} is of format level {wanted}; this release ({release}) reads {range}: install a release that reads level {wanted}"));
        }

        if (wanted <= level)
        {
            return;
        }

        lock (gate)
        {
            if (wanted > level)
            {
                keep(wanted);
                level = wanted;
            }
        }
    }

    /// <summary>A peer does not let this node in because of what it reads.</summary>
    public void Refused(FormatLevelException reason) => met.TrySetResult(reason);

    [DoesNotReturn]
    private void Stop(FormatLevelException reason)
    {
        met.TrySetResult(reason);
        throw reason;
    }
}
