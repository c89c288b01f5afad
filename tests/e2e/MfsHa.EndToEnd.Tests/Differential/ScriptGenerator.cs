using MfsHa.EndToEnd.Tests.Differential.Operations;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>Makes a script from a seed: mostly sensible steps, some that must fail.</summary>
internal sealed partial class ScriptGenerator
{
    private const int ManyEntriesInterval = 800;

    private readonly Random random;
    private readonly NameModel names = new();
    private readonly SortedDictionary<int, Client> openSlots = [];
    private readonly bool deep;
    private readonly (int Weight, Func<Operation> Make)[] kinds;

    public ScriptGenerator(int seed)
    {
        random = new Random(seed);
        deep = Chance(25);
        kinds =
        [
            (10, MakeDirectory), (3, MakeNode), (10, Open), (4, Symlink), (7, Link),
            (6, Unlink), (4, RemoveDirectory), (12, Rename),
            (5, Write), (2, Read), (3, Truncate),
            (8, ChangeMode), (6, ChangeOwner), (5, SetTimes),
            (4, SetAttribute), (2, GetAttribute), (2, ListAttributes), (2, RemoveAttribute), (4, SetAcl),
            (6, Stat), (3, List), (1, ReadLink), (3, Access),
            (5, OpenHandle), (2, CloseHandle), (4, WriteHandle), (2, ReadHandle), (3, StatHandle), (2, TruncateHandle), (1, ChangeModeOfHandle),
            (4, LockFile), (5, LockRange), (3, TestRange),
            (4, Tool), (1, Snapshot),
        ];
    }

    /// <summary>The next step; the same seed and the same answers always give the same script.</summary>
    public Operation Next()
    {
        // A listing of many pages is dear: a few in a script.
        if (random.Next(ManyEntriesInterval) == 0)
        {
            return ManyEntries();
        }
        var pick = random.Next(kinds.Sum(static kind => kind.Weight));
        foreach (var (weight, make) in kinds)
        {
            if ((pick -= weight) < 0)
            {
                var operation = make();
                return operation with { Through = operation.IsOnData || Chance(75) ? Client.First : Client.Second };
            }
        }
        throw new InvalidOperationException("weights do not add up");
    }

    /// <summary>Tells how the first service answered the step.</summary>
    public void Learn(Operation operation, string answer)
    {
        if (Operation.IsError(answer))
        {
            return;
        }
        operation.Teach(names);
        switch (operation)
        {
            case OpenHandle opened:
                openSlots[opened.Slot] = opened.Through;
                break;
            case CloseHandle closed:
                openSlots.Remove(closed.Slot);
                break;
            default:
                break;
        }
    }

    private MakeDirectory MakeDirectory() => new(SomeActor(), NewPath(), SomeDirectoryMode(), SomeMask());

    private MakeNode MakeNode() => new(
        SomeActor(), NewPath(), OneOf(FileKind.File, FileKind.Fifo, FileKind.Socket, FileKind.BlockDevice, FileKind.CharacterDevice),
        SomeMode(), SomeMask());

    private Open Open()
    {
        var flags = OneOf(OpenFlags.Read, OpenFlags.Write, OpenFlags.ReadWrite)
            | OneOf(OpenFlags.Create, OpenFlags.Create, OpenFlags.Create | OpenFlags.Exclusive, OpenFlags.Read)
            | OneOf(OpenFlags.Read, OpenFlags.Read, OpenFlags.Truncate);
        return new Open(SomeActor(), Chance(60) ? NewPath() : FilePath(), flags, SomeMode(), SomeMask());
    }

    private Symlink Symlink() => new(
        SomeActor(),
        OneOf("a", "b", "../a", "c/d", "missing", "/nonexistent/path", new string('t', 255), string.Concat(Enumerable.Repeat("u/", 2000))),
        NewPath());

    private Link Link() => new(SomeActor(), Chance(90) ? FilePath() : AnyPath(), NewPath());

    private Unlink Unlink() => new(SomeActor(), Chance(75) ? FilePath() : AnyPath());

    private RemoveDirectory RemoveDirectory() => new(SomeActor(), NotRoot(Chance(85) ? DirectoryPath() : AnyPath()));

    private Rename Rename() => new(
        SomeActor(), NotRoot(AnyPath()), NotRoot(Chance(50) ? NewPath() : AnyPath()),
        OneOf(RenameMode.Replace, RenameMode.Replace, RenameMode.Replace, RenameMode.NoReplace, RenameMode.Exchange));

    private Write Write() => new(
        SomeActor(), FilePath(), OneOf(OpenFlags.Write, OpenFlags.Create, OpenFlags.Truncate, OpenFlags.Append),
        SomeOffset(), SomeLength(), (ulong)random.Next());

    private Read Read() => new(SomeActor(), FilePath(), SomeOffset());

    private Truncate Truncate() => new(SomeActor(), FilePath(), SomeSize());
}
