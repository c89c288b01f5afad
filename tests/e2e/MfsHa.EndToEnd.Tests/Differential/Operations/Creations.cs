using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>mkdir(2) under a creation mask.</summary>
internal sealed record MakeDirectory(Actor As, string Path, uint Mode, uint Mask) : Operation(As)
{
    public override void Teach(NameModel names) => names.Add(Path, NameKind.Directory);

    protected override string Run(View on)
    {
        P.WithCreationMask(Mask, () => P.MakeDirectory(on.At(Path), Mode));
        return "done";
    }
}

/// <summary>mknod(2) under a creation mask.</summary>
internal sealed record MakeNode(Actor As, string Path, FileKind Kind, uint Mode, uint Mask) : Operation(As)
{
    /// <summary>No driver has this number, so that opening the node does no harm.</summary>
    private static readonly (uint Major, uint Minor) UnusedDevice = (300, 42);

    public override void Teach(NameModel names) => names.Add(Path, Kind is FileKind.File ? NameKind.File : NameKind.Other);

    protected override string Run(View on)
    {
        P.WithCreationMask(Mask, () => P.MakeNode(on.At(Path), Kind, Mode, Kind is FileKind.BlockDevice or FileKind.CharacterDevice ? UnusedDevice : default));
        return "done";
    }
}

/// <summary>open(2) that may create, then close(2).</summary>
internal sealed record Open(Actor As, string Path, OpenFlags Flags, uint Mode, uint Mask) : Operation(As)
{
    public override bool IsOnData => Flags.HasFlag(OpenFlags.Truncate);

    public override void Teach(NameModel names) => names.Add(Path, NameKind.File);

    protected override string Run(View on)
    {
        P.WithCreationMask(Mask, () => new PosixFile(on.At(Path), Flags | OpenFlags.NonBlocking, Mode).Close());
        return "done";
    }
}

/// <summary>symlink(2).</summary>
internal sealed record Symlink(Actor As, string Target, string Path) : Operation(As)
{
    public override void Teach(NameModel names) => names.Add(Path, NameKind.Symlink);

    protected override string Run(View on)
    {
        P.Symlink(Target, on.At(Path));
        return "done";
    }
}

/// <summary>link(2).</summary>
internal sealed record Link(Actor As, string Existing, string Path) : Operation(As)
{
    public override void Teach(NameModel names) => names.Add(Path, names.KindOf(Existing));

    protected override string Run(View on)
    {
        P.Link(on.At(Existing), on.At(Path));
        return "done";
    }
}
