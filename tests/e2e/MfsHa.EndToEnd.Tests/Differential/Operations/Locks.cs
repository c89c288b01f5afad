namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>flock(2) without waiting; no <paramref name="Exclusive"/>: unlock.</summary>
internal sealed record LockFile(Actor As, int Slot, bool? Exclusive) : Operation(As)
{
    protected override string Run(View on)
    {
        var file = on.Side.Handle(Slot);
        if (Exclusive is { } exclusive)
        {
            return file.TryLock(exclusive) ? "locked" : "refused";
        }
        file.Unlock();
        return "unlocked";
    }
}

/// <summary>fcntl(2) F_SETLK; no <paramref name="Exclusive"/>: unlock. Length 0 is to the end. All handles of one client belong to one holder.</summary>
internal sealed record LockRange(Actor As, int Slot, bool? Exclusive, long Start, long Length) : Operation(As)
{
    protected override string Run(View on)
    {
        var file = on.Side.Handle(Slot);
        if (Exclusive is { } exclusive)
        {
            return file.TryLockRange(exclusive, Start, Length) ? "locked" : "refused";
        }
        file.UnlockRange(Start, Length);
        return "unlocked";
    }
}

/// <summary>fcntl(2) F_GETLK.</summary>
internal sealed record TestRange(Actor As, int Slot, bool Exclusive, long Start, long Length) : Operation(As)
{
    protected override string Run(View on) => on.Side.Handle(Slot).FindConflict(Exclusive, Start, Length) ?? "free";
}
