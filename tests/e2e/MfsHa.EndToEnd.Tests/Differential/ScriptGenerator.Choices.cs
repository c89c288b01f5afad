namespace MfsHa.EndToEnd.Tests.Differential;

// Choices of values: few different ones, so that steps meet each other.
internal sealed partial class ScriptGenerator
{
    private const int UsualDepth = 5;
    private const int GreatDepth = 40;

    private static readonly string[] ShortNames = ["a", "b", "c", "d", "e", "f", "g", "h"];

    // As long as may be and longer, in two bytes a character too; what is no UTF-8 (see ByteText); what shells and lists stumble over.
    private static readonly string[] OddNames =
    [
        new('n', 255), new('n', 256), new string('ą', 127) + "x", new('ą', 128), "zażółć", "\uDC80\uDCFF", "a\uDCC3", "..", ".", "...", " ", "new\nline", "A", "\u0001",
    ];
    private static readonly uint[] Modes =
    [
        0x1FF, 0x1FF, 0x1FF, 0x1ED, 0x1C0, 0x1B6, 0x1A4, 0x180, 0x000, 0x1F8, 0x3FF, 0x5FF, 0x5FD, 0x9ED, 0xDED, 0xDFF, 0x40, 0x49,
    ];

    private bool Chance(int percent) => random.Next(100) < percent;

    private T OneOf<T>(params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    private string? Pick(IEnumerable<string> paths)
    {
        var all = paths.ToList();
        return all.Count == 0 ? null : all[random.Next(all.Count)];
    }

    private Actor SomeActor() => Chance(70) ? Actor.Root : OneOf(Actor.Alice, Actor.Bob, Actor.Carol);

    private uint SomeMode() => Chance(90) ? OneOf<uint>(Modes) : (uint)random.Next(0x1000);

    // Directories that nobody may enter end a script's usefulness early.
    private uint SomeDirectoryMode() => Chance(60) ? 0x1FFu : SomeMode();

    private uint SomeMask() => OneOf<uint>(0, 0, 0x12, 0x3F);

    private long? SomeTime() => OneOf<long?>(null, 0, 1, 1_000_000_000, 1_234_567_890, 2_147_483_648, 4_294_967_295);

    private string SomeAttribute() => OneOf("user.a", "user.a", "user.b", "user." + new string('n', 250), "trusted.t", "security.s", "unknown.u");

    private string SomeName() => Chance(94) ? OneOf<string>(ShortNames) : OneOf<string>(OddNames);

    private long SomeOffset() => OneOf(0L, 0L, 100L, 65_530L, 70L << 20);

    private int SomeLength() => OneOf(1, 10, 5000, 100_000);

    private long SomeSize() => OneOf(0L, 1L, 4096L, 65_537L, 200L << 20);

    private string DirectoryPath() => Chance(92) ? Pick(names.Of(NameKind.Directory))! : AnyPath();

    private string FilePath() => Chance(90) && Pick(names.Of(NameKind.File)) is { } file ? file : AnyPath();

    private string AnyPath() => Chance(90) ? Pick(names.All)! : NewPath();

    // Without its root a script could not go on.
    private string NotRoot(string path) => path.Length == 0 ? NewPath() : path;

    private string NewPath()
    {
        // Sometimes below something that is no directory, or does not exist.
        var parents = Chance(95) ? names.Of(NameKind.Directory).Where(path => Depth(path) < (deep ? GreatDepth : UsualDepth)) : names.All;
        var parent = deep && Chance(50) ? parents.MaxBy(Depth)! : Pick(parents)!;
        var name = Chance(98) ? SomeName() : $"{SomeName()}/{SomeName()}";
        return parent.Length == 0 ? name : $"{parent}/{name}";
    }

    private static int Depth(string path) => path.Length == 0 ? 0 : path.AsSpan().Count('/') + 1;
}
