using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>open(2); the file stays open in a slot.</summary>
internal sealed record OpenHandle(Actor As, int Slot, string Path, OpenFlags Flags, uint Mode) : Operation(As)
{
    public override bool IsOnData => Flags.HasFlag(OpenFlags.Truncate);

    public override void Teach(NameModel names) => names.Add(Path, NameKind.File);

    protected override string Run(View on)
    {
        on.Side.Keep(Slot, new PosixFile(on.At(Path), Flags | OpenFlags.NonBlocking, Mode));
        return "done";
    }
}

/// <summary>close(2).</summary>
internal sealed record CloseHandle(Actor As, int Slot) : Operation(As)
{
    protected override string Run(View on)
    {
        on.Side.Close(Slot);
        return "done";
    }
}

/// <summary>pwrite(2) and fsync(2).</summary>
internal sealed record WriteHandle(Actor As, int Slot, long Offset, int Length, ulong Seed) : Operation(As)
{
    public override bool IsOnData => true;

    protected override string Run(View on)
    {
        var file = on.Side.Handle(Slot);
        file.Write(Content.Bytes(Seed, Length), Offset);
        file.Sync();
        return "done";
    }
}

/// <summary>pread(2).</summary>
internal sealed record ReadHandle(Actor As, int Slot, long Offset) : Operation(As)
{
    public override bool IsOnData => true;

    protected override string Run(View on) => Read.Describe(on.Side.Handle(Slot), Offset);
}

/// <summary>fstat(2).</summary>
internal sealed record StatHandle(Actor As, int Slot) : Operation(As)
{
    public override bool AsksForTimes => true;

    protected override string Run(View on) => StatusText.Of(on.Side.Handle(Slot).Stat(), on.Times);
}

/// <summary>ftruncate(2).</summary>
internal sealed record TruncateHandle(Actor As, int Slot, long Length) : Operation(As)
{
    protected override string Run(View on)
    {
        on.Side.Handle(Slot).Truncate(Length);
        return "done";
    }
}

/// <summary>fchmod(2).</summary>
internal sealed record ChangeModeOfHandle(Actor As, int Slot, uint Mode) : Operation(As)
{
    protected override string Run(View on)
    {
        on.Side.Handle(Slot).ChangeMode(Mode);
        return "done";
    }
}
