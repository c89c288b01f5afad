using System.Diagnostics;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>
/// Two clients that take turns, each at another node: the next step begins when the one before is answered. So whatever anybody sees of their directories is what the first n
/// steps have left, for some n. Each step reaches over shards: directories that are made, moved and removed, files that are moved.
/// </summary>
internal sealed class PingPong(string name, string[] mounts)
{
    private const int Directories = 8;
    private const int KeptRounds = 10;
    private const int StepsOfRound = 6;
    private int begun;
    private int answered;

    /// <summary>Steps that have begun.</summary>
    public int Begun => Volatile.Read(ref begun);

    /// <summary>Steps that were answered.</summary>
    public int Answered => Volatile.Read(ref answered);

    /// <summary>The longest step, and since when it counts.</summary>
    public TimeSpan Longest { get; private set; }

    public string Name => name;

    public void Prepare()
    {
        for (var i = 0; i < Directories; i++)
        {
            Directory.CreateDirectory(Path.Combine(mounts[0], name, $"p{i}"));
        }
    }

    public void Run(CancellationToken end)
    {
        for (var step = 0; !end.IsCancellationRequested; step++)
        {
            var since = Stopwatch.GetTimestamp();
            Volatile.Write(ref begun, step + 1);
            Execute(step, Path.Combine(mounts[step % mounts.Length], name));
            Volatile.Write(ref answered, step + 1);
            var took = Stopwatch.GetElapsedTime(since);
            Longest = took > Longest ? took : Longest;
        }
    }

    /// <summary>Paths below the directory after so many steps, in order.</summary>
    public static IReadOnlyList<string> After(int steps)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        for (var step = 0; step < steps; step++)
        {
            var (from, to) = Change(step);
            if (from is not null)
            {
                paths.Remove(from);
            }

            if (to is not null)
            {
                paths.Add(to);
            }
        }

        return [.. paths];
    }

    private static (string? From, string? To) Change(int step)
    {
        var (round, part) = (step / StepsOfRound, step % StepsOfRound);
        var old = round - KeptRounds;
        return part switch
        {
            0 => (null, $"p{round % Directories}/n{round}"),
            1 => ($"p{round % Directories}/n{round}", $"p{(round + 3) % Directories}/m{round}"),
            2 => (null, $"p{(round + 5) % Directories}/f{round}"),
            3 => ($"p{(round + 5) % Directories}/f{round}", $"p{(round + 1) % Directories}/g{round}"),
            4 => (old >= 0 ? $"p{(old + 3) % Directories}/m{old}" : null, null),
            _ => (old >= 0 ? $"p{(old + 1) % Directories}/g{old}" : null, null),
        };
    }

    private static void Execute(int step, string root)
    {
        var (from, to) = Change(step);
        var isDirectory = step % StepsOfRound is 0 or 1 or 4;
        switch (from, to)
        {
            case ({ } source, { } target) when isDirectory:
                Directory.Move(Path.Combine(root, source), Path.Combine(root, target));
                break;
            case ({ } source, { } target):
                File.Move(Path.Combine(root, source), Path.Combine(root, target));
                break;
            case (null, { } target) when isDirectory:
                Directory.CreateDirectory(Path.Combine(root, target));
                break;
            case (null, { } target):
                File.Create(Path.Combine(root, target)).Dispose();
                break;
            case ({ } source, null) when isDirectory:
                Directory.Delete(Path.Combine(root, source));
                break;
            case ({ } source, null):
                File.Delete(Path.Combine(root, source));
                break;
            default:
                break;
        }
    }
}
