using MfsHa.Node.Configuration;

namespace MfsHa.Node.Exports;

/// <summary>
/// The mfsexports.cfg of a node. Without a readable file that permits something a node does not start; a reload keeps the former table when
/// the file cannot be read, and takes one that permits nothing (both as mfsmaster does). Thread-safe.
/// </summary>
public sealed class ExportsFile
{
    private const int MaxFileBytes = 16 << 20;

    private readonly IUserDatabase _users;
    private volatile ExportTable _table;

    private ExportsFile(IUserDatabase users, ExportTable table)
    {
        _users = users;
        _table = table;
    }

    /// <summary>The table in force.</summary>
    public ExportTable Table => _table;

    /// <summary>Raised after <see cref="Table"/> was replaced by one with another checksum.</summary>
    public event Action<ExportTable>? Changed;

    /// <summary>Opens the file for a start.</summary>
    /// <exception cref="ConfigurationException">It is missing, unreadable or permits nothing.</exception>
    public static ExportsFile Open(string path, IUserDatabase users)
    {
        ExportTable table = Read(path, users);
        if (table.Rules.IsEmpty)
        {
            throw Refused(path, "at least one usable line", table.Issues.IsEmpty ? "none" : string.Join("; ", table.Issues));
        }

        return new ExportsFile(users, table);
    }

    /// <summary>Reads the file again.</summary>
    /// <param name="path">Where it is now (<c>EXPORTS_FILENAME</c> may have changed).</param>
    /// <exception cref="ConfigurationException">It is missing or unreadable; the former table stays in force.</exception>
    public ExportTable Reload(string path)
    {
        ExportTable table = Read(path, _users);
        ulong former = _table.Checksum;
        _table = table;
        if (table.Checksum != former)
        {
            Changed?.Invoke(table);
        }

        return table;
    }

    private static ExportTable Read(string path, IUserDatabase users)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFileBytes } large)
            {
                throw Refused(path, $"at most {MaxFileBytes} bytes", $"{large.Length}");
            }

            return ExportsParser.Parse(File.ReadAllBytes(path), users);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, "a readable mfsexports.cfg (see mfsexports.cfg(5); '* / rw,alldirs,admin,maproot=0' permits everything)", e.Message);
        }
    }

    private static ConfigurationException Refused(string path, string expected, string found) =>
        new([new ConfigurationError(ConfigurationOrigin.InFile(path, 0), "EXPORTS_FILENAME", expected, found)]);
}
