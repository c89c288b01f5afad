using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>Finds the key that was probably meant.</summary>
internal static class KeyNames
{
    /// <summary>"did you mean ...?", or null when no key is near.</summary>
    public static string? Suggest(string unknown)
    {
        const int longest = 64;
        if (unknown.Length > longest)
        {
            return null;
        }

        (string name, int distance) = ConfigurationReader.KeysByName.Keys.Concat(ForeignKeys.Reasons.Keys)
            .Select(k => (k, Distance(unknown.ToUpperInvariant(), k)))
            .OrderBy(p => p.Item2).ThenBy(p => p.k, StringComparer.Ordinal)
            .First();
        return distance <= Math.Max(2, unknown.Length / 4) ? $"did you mean {name}?" : null;
    }

    // Levenshtein: the number of characters to insert, delete or replace.
    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        int[] current = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
