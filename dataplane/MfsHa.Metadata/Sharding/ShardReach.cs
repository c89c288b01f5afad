using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Sharding;

/// <summary>
/// How far an operation's hands reach on one shard of several: it knows which units are the shard's own, which of them transactions hold, and collects
/// what the running operation reads and does elsewhere. A cluster with one shard has none, so that nothing of this costs it anything.
/// </summary>
internal sealed class ShardReach(ShardLayout layout, StateTables owner)
{
    private readonly Dictionary<LockKey, LockMode> touched = [];
    private readonly SortedDictionary<uint, ChangeEntries> entryChanges = [];
    private readonly Dictionary<uint, byte[]> outerPaths = [];
    private readonly List<(ushort Shard, ShardAction Action)> actions = [];
    private readonly List<ITable> written = [];
    private readonly List<ITable> supplied = [];
    private readonly Dictionary<ushort, (Queue<uint> Left, int Count)> fresh = [];
    private readonly HashSet<uint> used = [];
    private readonly HashSet<uint> trees = [];
    private readonly List<uint> missingPaths = [];

    public ShardLayout Layout => layout;

    /// <summary>True while other shards can be made to do something: in a transaction, and when one is tried out.</summary>
    public bool IsTransaction { get; set; }

    /// <summary>True while an operation is only tried out, to find out what it needs.</summary>
    public bool IsTrial { get; set; }

    public UnitLocks Locks { get; } = new();

    /// <summary>True while a decided transaction is carried out: what it writes is what it holds.</summary>
    public bool IgnoresLocks { get; set; }

    /// <summary>Units of other shards, and names in them, that the operation has used, and how.</summary>
    public IReadOnlyDictionary<LockKey, LockMode> Touched => touched;

    /// <summary>Directories of other shards whose paths the operation would have liked to know.</summary>
    public IReadOnlyList<uint> MissingPaths => missingPaths;

    /// <summary>True when the operation has changed something in another shard.</summary>
    public bool HasEffects => written.Count > 0 || actions.Count > 0 || entryChanges.Count > 0;

    /// <summary>True when nothing is done in other shards but remembering an answer.</summary>
    public bool OnlyRemembers => written.Count == 0 && entryChanges.Count == 0 && actions.TrueForAll(static a => a.Action is RememberAnswer);

    public bool IsLocal(uint unit) => layout.Owns(unit);

    /// <summary>Before a read: true when the unit is here, false when its records must have been supplied.</summary>
    public bool EnterRead(uint unit, LockMode mode, bool lockable, ulong name = 0)
    {
        if (!layout.Owns(unit))
        {
            Touch(new LockKey(unit), mode);
            if (name != 0)
            {
                Touch(new LockKey(unit, name), LockMode.Shared);
            }

            return false;
        }

        if (lockable && HasLocks)
        {
            Locks.CheckRead(unit, name, mode);
        }

        return true;
    }

    /// <summary>Before a change: true when the unit is here.</summary>
    public bool EnterWrite(uint unit, bool lockable, bool moves, LockMode mode = LockMode.Exclusive, ulong name = 0)
    {
        if (!layout.Owns(unit))
        {
            Touch(new LockKey(unit), mode);
            if (name != 0)
            {
                Touch(new LockKey(unit, name), LockMode.Exclusive);
            }

            return false;
        }

        if (lockable && HasLocks)
        {
            Locks.CheckWrite(unit, name, mode, moves);
        }

        return true;
    }

    /// <summary>True when it makes a difference which name of a unit is meant.</summary>
    public bool MindsNames(uint unit) => HasLocks || !layout.Owns(unit);

    /// <summary>True for a name that need not be held, because of how its directory is.</summary>
    public bool IsCovered(LockKey key) => key.Name != 0 && touched.GetValueOrDefault(new LockKey(key.Unit)).CoversName(touched[key]);

    /// <summary>A directory of another shard has got or lost an entry.</summary>
    public void ChangeEntries(ChangeEntries change) =>
        entryChanges[change.Directory] = entryChanges.TryGetValue(change.Directory, out var before)
            ? change with { Entries = before.Entries + change.Entries, Directories = before.Directories + change.Directories }
            : change;

    /// <summary>The whole record of a directory is written: what its entries change is in it.</summary>
    public void ForgetEntryChanges(uint directory) => entryChanges.Remove(directory);

    /// <summary>True for an inode number that was made for this operation: it has no records yet.</summary>
    public bool IsFresh(uint unit) => used.Contains(unit);

    /// <summary>True when everything about an object of another shard has been told.</summary>
    public bool KnowsTree(uint unit) => trees.Contains(unit);

    /// <summary>Makes sure that there are so many new numbers in other shards.</summary>
    public void ExpectFresh(IReadOnlyDictionary<ushort, int> counts)
    {
        var missing = counts.Where(c => fresh.GetValueOrDefault(c.Key).Count < c.Value).Select(static c => RecordNeed.FreshInodes(c.Key, c.Value)).ToList();
        if (missing.Count > 0)
        {
            throw new RecordsElsewhereException(missing);
        }
    }

    /// <summary>A new number in another shard.</summary>
    public uint TakeFresh(ushort shard)
    {
        var numbers = fresh.GetValueOrDefault(shard);
        if (numbers.Left is null || !numbers.Left.TryDequeue(out var number))
        {
            if (IsTrial && numbers.Count > 0)
            {
                // It has said before how many it takes.
                throw new InvariantException($"more than {numbers.Count} new objects in shard {shard}: what was told at different moments does not fit together");
            }

            throw new RecordsElsewhereException([RecordNeed.FreshInodes(shard, numbers.Count + 1)]);
        }

        used.Add(number);
        return number;
    }

    /// <summary>Something to be done in another shard.</summary>
    public void Act(uint unit, ShardAction action) => actions.Add((layout.ShardOf(unit), action));

    /// <summary>All other shards do the same as this one.</summary>
    public void ActEverywhere(EverywhereCommand command)
    {
        if (!IsTransaction)
        {
            throw new RecordsElsewhereException([]);
        }

        for (ushort shard = 0; shard < layout.Count; shard++)
        {
            EnterWrite(layout.ClassesOf(shard), lockable: true, moves: false);
            if (command.ExcludesNewObjects)
            {
                EnterWrite(layout.ClassUseOf(shard), lockable: true, moves: false);
            }

            if (shard != layout.Shard)
            {
                actions.Add((shard, new DoHere(command)));
            }
        }
    }

    /// <summary>The path of a directory of another shard, null if nobody has said; then the operation does without.</summary>
    public byte[]? OuterPathOf(uint directory)
    {
        if (outerPaths.TryGetValue(directory, out var path))
        {
            return path;
        }

        missingPaths.Add(directory);
        return null;
    }

    /// <summary>Before an operation: what other shards have said.</summary>
    public void Begin(IEnumerable<ShardRecords> records, IEnumerable<OuterPath>? paths)
    {
        foreach (var from in records)
        {
            foreach (var answer in from.Answers)
            {
                if (answer.Kind == RecordNeed.Tree)
                {
                    trees.Add(answer.Unit);
                    continue;
                }

                var table = owner.TableOf(answer.Kind);
                supplied.Add(table);
                table.Supply(answer);
            }

            if (from.Fresh != 0)
            {
                fresh[from.Shard] = (new Queue<uint>(from.MoreFresh.Prepend(from.Fresh)), 1 + from.MoreFresh.Length);
            }
        }

        foreach (var (directory, path) in paths ?? [])
        {
            outerPaths[directory] = path;
        }
    }

    /// <summary>What the operation does in each of the shards that it touched.</summary>
    public ShardEffects[] Effects(IEnumerable<ShardRecords> participants)
    {
        var writes = new List<(uint Unit, RecordWrite Write)>();
        foreach (var table in written)
        {
            table.TakeOutsideWrites(writes);
        }

        return
        [
            .. participants.OrderBy(static p => p.Shard).Select(p => new ShardEffects(
                p.Shard,
                p.Token,
                [.. writes.Where(w => layout.ShardOf(w.Unit) == p.Shard).Select(static w => w.Write)],
                [.. entryChanges.Values.Where(c => layout.ShardOf(c.Directory) == p.Shard), .. actions.Where(a => a.Shard == p.Shard).Select(static a => a.Action)])),
        ];
    }

    /// <summary>After an operation, whatever came of it.</summary>
    public void End()
    {
        foreach (var table in supplied)
        {
            table.DropOutside();
        }

        foreach (var table in written)
        {
            table.DropOutside();
        }

        supplied.Clear();
        written.Clear();
        touched.Clear();
        outerPaths.Clear();
        actions.Clear();
        entryChanges.Clear();
        fresh.Clear();
        used.Clear();
        trees.Clear();
        missingPaths.Clear();
        IsTransaction = false;
        IsTrial = false;
    }

    /// <summary>Called by a table at its first change of another shard's records.</summary>
    public void NoteWritten(ITable table) => written.Add(table);

    private bool HasLocks => Locks.Count > 0 && !IgnoresLocks;

    private void Touch(LockKey key, LockMode mode) => touched[key] = touched.GetValueOrDefault(key).With(mode);
}
