namespace MfsHa.Cluster.Transactions;

/// <summary>
/// Directories that somebody wants for himself, or wants to see as a whole, while transactions add and take single entries. These can do so beside each other, so that one of them might
/// always be there: as long as a directory is wanted no new one begins. Not thread-safe.
/// </summary>
internal sealed class WantedDirectories
{
    /// <summary>Who has waited here comes back at once, milliseconds.</summary>
    private const int Return = 3;

    /// <summary>Who was refused makes a pause first, milliseconds.</summary>
    private const int Pause = 40;

    private const int Most = 4096;

    private readonly Dictionary<uint, (int Waiting, long Until)> wishes = [];

    /// <summary>Somebody waits for it. To be followed by <see cref="EndWait"/>.</summary>
    public void BeginWait(uint directory)
    {
        var (waiting, until) = wishes.GetValueOrDefault(directory);
        wishes[directory] = (waiting + 1, until);
    }

    /// <summary>Somebody has waited, and tries again.</summary>
    public void EndWait(uint directory, long now)
    {
        var (waiting, until) = wishes[directory];
        wishes[directory] = (waiting - 1, Math.Max(until, now + Return));
        if (wishes.Count >= Most)
        {
            Forget(now);
        }
    }

    /// <summary>Somebody was refused, and will come back.</summary>
    public void Refuse(uint directory, long now)
    {
        if (wishes.Count >= Most)
        {
            Forget(now);
        }

        if (wishes.Count < Most)
        {
            var (waiting, until) = wishes.GetValueOrDefault(directory);
            wishes[directory] = (waiting, Math.Max(until, now + Pause));
        }
    }

    /// <summary>True while somebody wants it.</summary>
    public bool Contains(uint directory, long now)
    {
        if (!wishes.TryGetValue(directory, out var wish))
        {
            return false;
        }

        if (wish.Waiting > 0 || now < wish.Until)
        {
            return true;
        }

        wishes.Remove(directory);
        return false;
    }

    private void Forget(long now)
    {
        foreach (var old in wishes.Where(w => w.Value.Waiting == 0 && w.Value.Until <= now).Select(static w => w.Key).ToList())
        {
            wishes.Remove(old);
        }
    }
}
