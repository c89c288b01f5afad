using System.Text;

namespace MfsHa.Node.Configuration;

/// <summary>
/// The syntax of mfsmaster.cfg (`mfscommon/cfg.c: cfg_reload`): one <c>KEY = value</c> per line; the value goes to the end of the line and may
/// contain spaces; lines that begin with '#' are comments; a key that stands twice takes its last value. mfsmaster skips lines it cannot
/// read with a warning, here they are errors. A '#' behind a value belongs to the value (see <see cref="Formats.ValueFormat{T}.AllowsTrailingComment"/>).
/// </summary>
public sealed record ConfigurationFile
{
    private const int MaxFileBytes = 1 << 20;

    /// <summary>The last entry of each key, in the order of the lines.</summary>
    public required IReadOnlyList<ConfigurationEntry> Entries { get; init; }

    /// <summary>Lines that are no definitions.</summary>
    public required IReadOnlyList<ConfigurationError> Errors { get; init; }

    /// <summary>What works but is probably not meant.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>No file: everything from the environment and the defaults.</summary>
    public static ConfigurationFile Empty { get; } = new() { Entries = [], Errors = [], Warnings = [] };

    /// <summary>Reads a file. Throws <see cref="ConfigurationException"/> when it cannot be read.</summary>
    public static ConfigurationFile Load(string path)
    {
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > MaxFileBytes)
            {
                throw Unreadable($"{info.Length} bytes");
            }

            return Parse(path, File.ReadAllText(path, Encoding.UTF8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e.Message);
        }

        ConfigurationException Unreadable(string found) =>
            new([new ConfigurationError(ConfigurationOrigin.InFile(path, 0), "file", $"a readable file of at most {MaxFileBytes} bytes", found)]);
    }

    /// <summary>Parses the text of a file.</summary>
    public static ConfigurationFile Parse(string path, string text)
    {
        var entries = new List<ConfigurationEntry>();
        var errors = new List<ConfigurationError>();
        var warnings = new List<string>();
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = raw.Trim(" \t\r\0\uFEFF");
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            var origin = ConfigurationOrigin.InFile(path, number);
            int equals = line.IndexOf('=');
            string name = equals < 0 ? "" : line[..equals].TrimEnd(" \t").ToString();
            if (name.Length == 0 || name.Any(c => c is <= ' ' or >= '\x7f'))
            {
                errors.Add(new ConfigurationError(origin, "line", "KEY = value", Quote(line.ToString())));
                continue;
            }

            var entry = new ConfigurationEntry(name, line[(equals + 1)..].Trim(" \t").ToString(), origin);
            int earlier = entries.FindIndex(e => e.Name == name);
            if (earlier >= 0)
            {
                warnings.Add($"{origin}: {name} stands also at {entries[earlier].Origin}; the last value counts");
                entries.RemoveAt(earlier);
            }

            entries.Add(entry);
        }

        return new ConfigurationFile { Entries = entries, Errors = errors, Warnings = warnings };
    }

    internal static string Quote(string text)
    {
        const int longest = 200;
        if (text.Length == 0)
        {
            return "nothing";
        }

        string shown = string.Concat(text.Take(longest).Select(c => char.IsControl(c) ? $"\\x{(int)c:X2}" : $"{c}"));
        return text.Length > longest ? $"\"{shown}...\" ({text.Length} characters)" : $"\"{shown}\"";
    }
}
