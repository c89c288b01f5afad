using System.Globalization;
using System.Text.RegularExpressions;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Backups;

/// <summary>Deletes backups that are too many or too old, and never the newest one that is whole.</summary>
internal static partial class BackupPruning
{
    /// <summary>Does it; false: none is whole, and nothing was deleted.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="prefix">What their names begin with; a time and .mfs follow.</param>
    /// <param name="retention">Which go.</param>
    /// <param name="now">What time it is.</param>
    /// <param name="say">Gets a line for each that was left alone or deleted, and a sum.</param>
    /// <param name="cancellation">Ends it between two.</param>
    public static async Task<bool> RunAsync(IBackupFolder folder, string prefix, BackupRetention retention, DateTimeOffset now, Func<string, Task> say, CancellationToken cancellation)
    {
        var backups = new List<(string Name, DateTimeOffset Made)>();
        await foreach (string name in folder.ListAsync(prefix, cancellation).ConfigureAwait(false))
        {
            if (!Time().IsMatch(name[prefix.Length..]))
            {
                continue;
            }

            try
            {
                backups.Add((name, (await folder.ManifestAsync(name, cancellation).ConfigureAwait(false)).Made));
            }
            catch (BackupException e)
            {
                await say($"{folder.Name}/{name}: left alone: {e.Message}").ConfigureAwait(false);
            }
        }

        // What is newer than the newest whole one is damaged, and no reason to delete anything.
        backups.Sort(static (a, b) => b.Made.CompareTo(a.Made));
        int damaged = 0;
        while (damaged < backups.Count && await DamageOf(folder, backups[damaged].Name, cancellation).ConfigureAwait(false) is { } damage)
        {
            await say($"{folder.Name}/{backups[damaged].Name}: left alone: {damage}").ConfigureAwait(false);
            damaged++;
        }

        if (damaged == backups.Count)
        {
            await say($"{folder.Name}: no whole backup; nothing is deleted").ConfigureAwait(false);
            return false;
        }

        IReadOnlyList<(string Name, DateTimeOffset Made)> surplus = retention.Surplus(backups.Skip(damaged), static b => b.Made, now);
        foreach ((string name, DateTimeOffset made) in surplus)
        {
            await folder.DeleteAsync(name, cancellation).ConfigureAwait(false);
            await say(string.Create(CultureInfo.InvariantCulture, $"{folder.Name}/{name}: deleted, made {made:yyyy-MM-dd HH:mm:ss}Z")).ConfigureAwait(false);
        }

        await say($"{backups.Count - damaged - surplus.Count} backups kept, {surplus.Count} deleted").ConfigureAwait(false);
        return true;
    }

    [GeneratedRegex(@"^[0-9]{8}T[0-9]{6}Z\.mfs$", RegexOptions.CultureInvariant)]
    private static partial Regex Time();

    private static async Task<string?> DamageOf(IBackupFolder folder, string name, CancellationToken cancellation)
    {
        try
        {
            await folder.CheckAsync(name, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (BackupException e)
        {
            return e.Message;
        }
    }
}
