using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>unlink(2).</summary>
internal sealed record Unlink(Actor As, string Path) : Operation(As)
{
    public override void Teach(NameModel names) => names.Remove(Path);

    protected override string Run(View on)
    {
        P.Unlink(on.At(Path));
        return "done";
    }
}

/// <summary>rmdir(2).</summary>
internal sealed record RemoveDirectory(Actor As, string Path) : Operation(As)
{
    public override void Teach(NameModel names) => names.Remove(Path);

    protected override string Run(View on)
    {
        P.RemoveDirectory(on.At(Path));
        return "done";
    }
}

/// <summary>renameat2(2).</summary>
internal sealed record Rename(Actor As, string From, string To, RenameMode Mode) : Operation(As)
{
    public override void Teach(NameModel names)
    {
        if (Mode is RenameMode.Exchange)
        {
            names.Exchange(From, To);
        }
        else
        {
            names.Move(From, To);
        }
    }

    protected override string Run(View on)
    {
        P.Rename(on.At(From), on.At(To), Mode);
        return "done";
    }
}
