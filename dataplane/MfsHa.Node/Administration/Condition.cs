namespace MfsHa.Node.Administration;

/// <summary>Something that is so or not: says when it begins, again after a time while it lasts, and when it is over.</summary>
internal sealed class Condition(TimeSpan reminder, TimeProvider time)
{
    private long? _said;

    /// <summary>What is worth saying.</summary>
    public enum News
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>It has begun, or goes on.</summary>
        Lasts,

        /// <summary>It is over.</summary>
        IsOver,
    }

    /// <summary>Takes note of how it is now.</summary>
    public News Take(bool isSo)
    {
        if (!isSo)
        {
            News news = _said is null ? News.None : News.IsOver;
            _said = null;
            return news;
        }

        if (_said is { } at && time.GetElapsedTime(at) < reminder)
        {
            return News.None;
        }

        _said = time.GetTimestamp();
        return News.Lasts;
    }
}
