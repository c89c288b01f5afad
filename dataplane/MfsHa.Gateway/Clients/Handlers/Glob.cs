namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>
/// Patterns of mfstrashtool over whole paths: '*' any bytes ('/' too), '?' one byte, [a-z] one of a range, [!a-z] or [^a-z] one outside of it, '\\' takes the next byte
/// as it is.
/// </summary>
internal static class Glob
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
            case (byte)'[' when pattern[(at + 1)..].Contains((byte)']'):
                return MatchesRange(pattern, at + 1, value, out next);
            case (byte)'\\' when at + 1 < pattern.Length:
                next = at + 2;
                return pattern[at + 1] == value;
            default:
                return pattern[at] == value;
        }
    }

    private static bool MatchesRange(ReadOnlySpan<byte> pattern, int at, byte value, out int next)
    {
        var isInverted = pattern[at] is (byte)'!' or (byte)'^';
        if (isInverted)
        {
            at++;
        }

        var isFound = false;
        var first = at;
        while (at < pattern.Length && (pattern[at] != (byte)']' || at == first))
        {
            var (low, high) = (pattern[at], pattern[at]);
            if (at + 2 < pattern.Length && pattern[at + 1] == (byte)'-' && pattern[at + 2] != (byte)']')
            {
                high = pattern[at + 2];
                at += 2;
            }

            isFound |= value >= low && value <= high;
            at++;
        }

        next = Math.Min(at + 1, pattern.Length);
        return isFound != isInverted;
    }
}
