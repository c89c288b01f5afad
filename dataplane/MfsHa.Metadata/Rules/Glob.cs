namespace MfsHa.Metadata.Rules;

/// <summary>
/// Patterns over whole names or paths as mfsmaster has them (mfscommon/globengine.c): '*' any bytes ('/' too), '?' one byte, [a-z] one of a range, [!a-z] one outside of it
/// (it ends with the first ']'; without one '[' stands for itself), '\\' takes the next byte as it is.
/// </summary>
public static class Glob
{
    /// <summary>True when the whole text matches. Takes time in proportion to both lengths' product at most.</summary>
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        var (p, t) = (0, 0);
        var (star, again) = (-1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == (byte)'*')
            {
                (star, again) = (p++, t);
            }
            else if (p < pattern.Length && MatchesOne(pattern, p, text[t], out var next))
            {
                p = next;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++again;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart((byte)'*').IsEmpty;
    }

    private static bool MatchesOne(ReadOnlySpan<byte> pattern, int at, byte value, out int next)
    {
        next = at + 1;
        switch (pattern[at])
        {
            case (byte)'?':
                return true;
            case (byte)'[' when pattern[next..].IndexOf((byte)']') is >= 0 and var length:
                next += length + 1;
                return MatchesRange(pattern.Slice(at + 1, length), value);
            case (byte)'\\' when next < pattern.Length:
                next++;
                return pattern[at + 1] == value;
            default:
                return pattern[at] == value;
        }
    }

    private static bool MatchesRange(ReadOnlySpan<byte> range, byte value)
    {
        var isInverted = range is [(byte)'!', ..];
        var isFound = false;
        for (var at = isInverted ? 1 : 0; at < range.Length; at++)
        {
            var (low, high) = (range[at], range[at]);
            if (at + 2 < range.Length && range[at + 1] == (byte)'-')
            {
                high = range[at + 2];
                at += 2;
            }

            isFound |= value >= low && value <= high;
        }

        return isFound != isInverted;
    }
}
