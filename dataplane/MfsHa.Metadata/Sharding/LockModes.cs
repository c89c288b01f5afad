namespace MfsHa.Metadata.Sharding;

/// <summary>How the ways to hold a unit relate (docs/transactions.md).</summary>
public static class LockModes
{
    /// <summary>True when who holds a unit so may also do what the other mode is for.</summary>
    public static bool Includes(this LockMode held, LockMode wanted) => wanted switch
    {
        LockMode.None => true,
        LockMode.Place => held != LockMode.None,
        LockMode.Use => held is LockMode.Use or LockMode.Entries or LockMode.Shared or LockMode.Exclusive,
        _ => held == wanted || held == LockMode.Exclusive,
    };

    /// <summary>The weakest mode that includes both.</summary>
    public static LockMode With(this LockMode one, LockMode other) =>
        one.Includes(other) ? one : other.Includes(one) ? other : LockMode.Exclusive;

    /// <summary>True when two transactions cannot hold a unit so at the same time.</summary>
    public static bool Excludes(this LockMode one, LockMode other) =>
        one == LockMode.Exclusive || other == LockMode.Exclusive || (one, other) is (LockMode.Entries, LockMode.Shared) or (LockMode.Shared, LockMode.Entries);

    /// <summary>True when a name that is used so need not be held, because of how its directory is held.</summary>
    public static bool CoversName(this LockMode directory, LockMode name) =>
        directory == LockMode.Exclusive || (directory == LockMode.Shared && name == LockMode.Shared);
}
