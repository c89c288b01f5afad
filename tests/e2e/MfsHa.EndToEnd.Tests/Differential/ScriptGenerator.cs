using MfsHa.EndToEnd.Tests.Differential.Operations;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>Makes a script from a seed: mostly sensible steps, some that must fail.</summary>
internal sealed partial class ScriptGenerator
{
    private readonly Random random;
    private readonly NameModel names = new();
    private readonly (int Weight, Func<Operation> Make)[] kinds;

    public ScriptGenerator(int seed)
    {
        random = new Random(seed);
        kinds =
        [
            (10, MakeDirectory), (3, MakeNode), (10, Open), (4, Symlink), (7, Link),
            (6, Unlink), (4, RemoveDirectory), (12, Rename),
            (5, Write), (2, Read), (3, Truncate),
            (8, ChangeMode), (6, ChangeOwner), (5, SetTimes),
            (4, SetAttribute), (2, GetAttribute), (2, ListAttributes), (2, RemoveAttribute), (4, SetAcl),
            (6, Stat), (3, List), (1, ReadLink), (3, Access),
        ];
    }

    /// <summary>The next step; the same seed and the same answers always give the same script.</summary>
    public Operation Next()
    {
        var pick = random.Next(kinds.Sum(static kind => kind.Weight));
        foreach (var (weight, make) in kinds)
        {
            if ((pick -= weight) < 0)
            {
                return make();
            }
        }
        throw new InvalidOperationException("weights do not add up");
    }

    /// <summary>Tells how the first service answered the step.</summary>
    public void Learn(Operation operation, string answer)
    {
        if (!Operation.IsError(answer))
        {
            operation.Teach(names);
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
        OneOf(0L, 0L, 100L, 65_530L, 70L << 20), OneOf(1, 10, 5000, 100_000), (ulong)random.Next());

    private Read Read() => new(SomeActor(), FilePath());

    private Truncate Truncate() => new(SomeActor(), FilePath(), OneOf(0L, 1L, 4096L, 65_537L, 200L << 20));
}
