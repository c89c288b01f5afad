using System.Collections.Concurrent;
using System.Diagnostics;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>What was intended, begun, acknowledged, and what was done to the nodes meanwhile. Thread-safe.</summary>
internal sealed class Journal
{
    private readonly ConcurrentQueue<JournalEntry> entries = new();
    private readonly ConcurrentQueue<JournalEntry> faults = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();

    public TimeSpan Now => clock.Elapsed;

    public IEnumerable<JournalEntry> Entries => entries;

    public IEnumerable<JournalEntry> Faults => faults;

    public JournalEntry Begin(string who, string folder, string text, IReadOnlyList<string> paths)
    {
        var entry = new JournalEntry(who, folder, text, paths, Now);
        entries.Enqueue(entry);
        return entry;
    }

    public void End(JournalEntry entry, string outcome)
    {
        entry.Outcome = outcome;
        entry.End = Now;
    }

    public void Fault(string text)
    {
        var entry = new JournalEntry("faults", "", text, [], Now) { Outcome = "done" };
        entry.End = entry.Begin;
        faults.Enqueue(entry);
    }

    /// <summary>What was done with a name, the names it had before, and their common objects, oldest first.</summary>
    public IEnumerable<JournalEntry> HistoryOf(string folder, string path)
    {
        var own = entries.Where(entry => entry.Folder == folder).Reverse().ToArray();
        var names = new HashSet<string>(StringComparer.Ordinal) { path };
        List<JournalEntry> found = [];
        foreach (var entry in own)
        {
            if (entry.Paths.Any(p => names.Contains(p) || names.Any(name => name.StartsWith(p + "/", StringComparison.Ordinal))))
            {
                found.Add(entry);
                names.UnionWith(entry.Paths);
            }
        }
        found.Reverse();
        return found;
    }

    public void WriteTo(string file)
        => File.WriteAllLines(file, entries.Concat(faults).OrderBy(static entry => entry.Begin).Select(static entry => entry.ToString()));
}
