namespace MfsHa.Admin.Backups;

/// <summary>Which backups are too many or too old; pure.</summary>
/// <param name="Keep">How many are kept, 1 or more.</param>
/// <param name="MaxAge">How old they may be.</param>
public sealed record BackupRetention(int Keep, TimeSpan MaxAge)
{
    /// <summary>Those that go. The newest never does, whatever its age: the caller passes only backups that are whole, or not newer than one that is.</summary>
    public IReadOnlyList<T> Surplus<T>(IEnumerable<T> backups, Func<T, DateTimeOffset> made, DateTimeOffset now) =>
        [.. backups.OrderByDescending(made).Skip(1).Where((b, older) => older + 1 >= Keep || now - made(b) > MaxAge)];
}
