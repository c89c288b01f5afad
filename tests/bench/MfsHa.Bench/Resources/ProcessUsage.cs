using System.Globalization;

namespace MfsHa.Bench.Resources;

/// <summary>What a process takes of the machine, as proc(5) tells it.</summary>
internal static class ProcessUsage
{
    /// <summary>utime is the 14th field of all, the 12th after the program's name; stime follows.</summary>
    private const int UserTimeAfterName = 11;

    /// <summary>USER_HZ, the unit of times in /proc; 100 on every architecture that matters here.</summary>
    private const double TicksPerSecond = 100;
    private const double KibibytesPerMebibyte = 1024;

    /// <summary>Processor time used since the start, user and system.</summary>
    public static TimeSpan ProcessorTime(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[UserTimeAfterName], CultureInfo.InvariantCulture)
            + long.Parse(fields[UserTimeAfterName + 1], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>Resident memory in MiB.</summary>
    public static double ResidentMebibytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / KibibytesPerMebibyte;
    }
}
