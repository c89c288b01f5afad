using System.Globalization;

namespace MfsHa.Playground;

/// <summary>Names a process for ever: its id and the time when it started, so that a reused id is not taken for it.</summary>
internal static class OwnerTag
{
    // proc(5): fields after the program's name in parentheses; starttime is the 22nd of all.
    private const int StartTimeAfterName = 19;

    public static string OfThisProcess() => $"{Environment.ProcessId}.{StartTime(Environment.ProcessId)}";

    /// <summary>Whether the process that a tag names is running.</summary>
    public static bool IsAlive(string tag)
    {
        var parts = tag.Split('.');
        return parts.Length == 2
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var process)
            && StartTime(process) == parts[1];
    }

    private static string? StartTime(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeAfterName];
        }
        catch (IOException)
        {
            // No such process, or it ended while being read: there is no start time.
            return null;
        }
    }
}
