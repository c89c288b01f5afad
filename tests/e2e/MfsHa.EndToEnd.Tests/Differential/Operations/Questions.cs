using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>stat(2), all that must agree.</summary>
internal sealed record Stat(Actor As, string Path) : Operation(As)
{
    protected override string Run(Func<string, string> at, TimeScale times) => StatusText.Of(P.Stat(at(Path)), times);
}

/// <summary>The names in a directory, sorted.</summary>
internal sealed record List(Actor As, string Path) : Operation(As)
{
    protected override string Run(Func<string, string> at, TimeScale times)
        => string.Join(' ', P.ReadDirectory(at(Path)).Order(StringComparer.Ordinal));
}

/// <summary>readlink(2).</summary>
internal sealed record ReadLink(Actor As, string Path) : Operation(As)
{
    protected override string Run(Func<string, string> at, TimeScale times) => P.ReadLink(at(Path));
}

/// <summary>access(2): R 4, W 2, X 1.</summary>
internal sealed record Access(Actor As, string Path, int Mode) : Operation(As)
{
    protected override string Run(Func<string, string> at, TimeScale times)
    {
        P.Access(at(Path), Mode);
        return "allowed";
    }
}
