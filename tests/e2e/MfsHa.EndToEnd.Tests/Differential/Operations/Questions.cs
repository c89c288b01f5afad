using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>stat(2), all that must agree.</summary>
internal sealed record Stat(Actor As, string Path) : Operation(As)
{
    public override bool AsksForTimes => true;

    protected override string Run(View on) => StatusText.Of(P.Stat(on.At(Path)), on.Times);
}

/// <summary>The names in a directory, sorted.</summary>
internal sealed record List(Actor As, string Path) : Operation(As)
{
    protected override string Run(View on)
        => string.Join(' ', P.ReadDirectory(on.At(Path)).Order(StringComparer.Ordinal));
}

/// <summary>readlink(2).</summary>
internal sealed record ReadLink(Actor As, string Path) : Operation(As)
{
    protected override string Run(View on) => P.ReadLink(on.At(Path));
}

/// <summary>access(2): R 4, W 2, X 1.</summary>
internal sealed record Access(Actor As, string Path, int Mode) : Operation(As)
{
    protected override string Run(View on)
    {
        P.Access(on.At(Path), Mode);
        return "allowed";
    }
}
