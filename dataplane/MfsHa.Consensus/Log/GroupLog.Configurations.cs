using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Log;

// Entries that change the members.
internal sealed partial class GroupLog
{
    private readonly List<RaftLogEntry> _configurations = []; // not applied yet, oldest first

    /// <summary>
    /// The newest change of members that is certainly committed although it may not be applied here yet; null when there is none. A leader appends a change only behind
    /// one that is committed. A member whose list were two changes old could be elected, or commit, by a majority that has no member in common with the present one.
    /// </summary>
    public RaftLogEntry? OvertakenConfiguration()
    {
        lock (_gate)
        {
            return _configurations.Count > 1 ? _configurations[^2] : null;
        }
    }

    /// <summary>True while the log ends with a change of members that is not applied.</summary>
    public bool HasPendingConfiguration
    {
        get
        {
            lock (_gate)
            {
                return _configurations.Count > 0;
            }
        }
    }

    // What a former process has left behind the applied entries.
    private void OpenConfigurations()
    {
        for (var index = Math.Max(_appliedIndex, _mark.Index) + 1; index <= _lastIndex; index++)
        {
            NoteConfiguration(StoredEntry(index));
        }
    }

    private void NoteConfiguration(RaftLogEntry entry)
    {
        if (entry.Kind == RaftEntryKind.Configuration)
        {
            _configurations.Add(entry);
        }
    }

    private void ForgetConfigurations(Predicate<long> which) => _configurations.RemoveAll(entry => which(entry.Index));
}
