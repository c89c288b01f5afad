using static MfsHa.Storage.RaftLog.RaftLogCodec;

namespace MfsHa.Storage.RaftLog;

/// <summary>Checks the records of one group, in key order: hard state, entries, mark, configuration.</summary>
internal sealed class GroupScan(string path, ushort group)
{
    private RaftHardState _hardState;
    private RaftLogMark _mark;
    private RaftLogMark? _install;
    private RaftConfiguration _configuration = RaftConfiguration.None;
    private long _first;
    private long _last;
    private long _lastTerm;

    public ushort Group => group;

    public void Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        switch ((RecordKind)key[2])
        {
            case RecordKind.HardState:
                Require(TryReadHardState(key, value, out _hardState), "checksum of term and vote is wrong");
                break;
            case RecordKind.Entry:
                TakeEntry(key, value);
                break;
            case RecordKind.Mark:
                Require(TryReadMark(key, value, out _mark), "checksum of the mark is wrong");
                break;
            case RecordKind.Install:
                Require(TryReadMark(key, value, out var install), "checksum of the installation's mark is wrong");
                _install = install;
                break;
            case RecordKind.Configuration:
                Require(TryReadConfiguration(key, value, out _configuration), "checksum of the members is wrong");
                break;
            default:
                throw Corrupt($"record of unknown kind {key[2]}");
        }
    }

    public RaftGroupRecord Result()
    {
        Require(_first == 0 || _first == _mark.Index + 1, $"the log begins with entry {_first}, but the mark is at {_mark.Index}");
        Require(_lastTerm <= _hardState.Term, $"entry {_last} is of term {_lastTerm}, but the term is {_hardState.Term}");
        return new RaftGroupRecord(_hardState, _mark, _first == 0 ? _mark.Index : _last, _configuration, _install);
    }

    private void TakeEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Require(key.Length == EntryKeyLength, "entry under a key of unknown form");
        var index = IndexOf(key);
        Require(TryReadEntryHead(key, value, out _, out var term), $"checksum of entry {index} is wrong");
        Require(_first == 0 || index == _last + 1, $"entry {_last + 1} is missing");
        Require(term >= _lastTerm, $"entry {index} is of term {term}, behind one of term {_lastTerm}");
        _first = _first == 0 ? index : _first;
        (_last, _lastTerm) = (index, term);
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Corrupt(otherwise);
        }
    }

    private StorageCorruptException Corrupt(string what) => new(path, $"group {group}: {what}");
}
