using System.Globalization;
using MfsHa.Bench.Mounted;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.Bench;

/// <summary>What to measure and how long.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        mfsha-bench [--quick] [--only mfsmaster|mfsha|tls] [--part size|packets|mounts|failover] [--release 3|4] [--shards N] [--files N] [--seconds N] [--warm-up N] [--rounds N] [--processes N] [--steps LIST] [--output FILE]
          Runs the same loads on a real mfsmaster and on three mfsha nodes in turn, and prints both with their ratio and what an operation cost them.
          --quick      about two minutes for everything: --files 20000 --seconds 1 --warm-up 1 --rounds 3
          --only       one of the two; tls: mfsha without and with TLS between its nodes, packets and mounts only
          --part       some of the measurements
          --release    of mfsmaster, mfsmount and the raw clients: 4 (4.56.6, default) or 3 (3.0.117)
          --shards     of mfsha: HA_SHARD_COUNT (default 1)
          --files      size of the namespace for memory and start (default 1000000)
          --seconds    for one load (default 4)
          --warm-up    for each load before it counts, on both: a service runs for months, its first minute is measured by "size" (default 20)
          --processes  through mfsmount: only with so many (default 1 and 16)
          --steps      through mfsmount: only these of create,stat,rename,mkdir,unlink
          --rounds     kills of the leader (default 20)
          --output     writes the table as Markdown, too
        """;

    public string? Only { get; init; }

    /// <summary>Name of the part to measure; null: all.</summary>
    public string? Part { get; init; }

    public MooseFsRelease Release { get; init; } = MooseFsRelease.V4;

    /// <summary>HA_SHARD_COUNT of mfsha.</summary>
    public int Shards { get; init; } = 1;

    public int Files { get; init; } = 1_000_000;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(4);

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(20);

    public int Rounds { get; init; } = 20;

    /// <summary>Worker processes at the mounts, one measurement for each number.</summary>
    public IReadOnlyList<int> Processes { get; init; } = [1, 16];

    /// <summary>What they do, of <see cref="MountWorker.Steps"/>.</summary>
    public IReadOnlyList<string> Steps { get; init; } = MountWorker.Steps;

    public string? Output { get; init; }

    private static BenchOptions Quick { get; } = new() { Files = 20_000, Duration = TimeSpan.FromSeconds(1), WarmUp = TimeSpan.FromSeconds(1), Rounds = 3 };

    /// <exception cref="FormatException">The command line is not one of those in <see cref="Usage"/>.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = arguments.Contains("--quick") ? Quick : new BenchOptions();
        var rest = new Queue<string>(arguments.Where(static argument => argument != "--quick"));
        while (rest.TryDequeue(out var name))
        {
            if (!rest.TryDequeue(out var value))
            {
                throw new FormatException($"{name}: unknown, or its value is missing");
            }
            options = (name, value) switch
            {
                ("--only", "mfsmaster" or "mfsha" or "tls") => options with { Only = value },
                ("--part", "size" or "packets" or "mounts" or "failover") => options with { Part = value },
                ("--release", "3") => options with { Release = MooseFsRelease.V3 },
                ("--release", "4") => options with { Release = MooseFsRelease.V4 },
                ("--shards", _) => options with { Shards = Number(name, value) },
                ("--files", _) => options with { Files = Number(name, value) },
                ("--seconds", _) => options with { Duration = TimeSpan.FromSeconds(Number(name, value)) },
                ("--warm-up", _) => options with { WarmUp = TimeSpan.FromSeconds(Number(name, value)) },
                ("--rounds", _) => options with { Rounds = Number(name, value) },
                ("--processes", _) => options with { Processes = [Number(name, value)] },
                ("--steps", _) when value.Split(',').All(MountWorker.Steps.Contains) => options with { Steps = value.Split(',') },
                ("--output", _) => options with { Output = value },
                _ => throw new FormatException($"{name} {value}: unknown"),
            };
        }
        return options;
    }

    private static int Number(string name, string value)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{name} {value}: expected a number above 0");
}
