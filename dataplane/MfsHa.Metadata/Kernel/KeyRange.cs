namespace MfsHa.Metadata.Kernel;

/// <summary>Arithmetic on byte prefixes.</summary>
public static class KeyRange
{
    /// <summary>The smallest key that is greater than every key which begins with <paramref name="prefix"/>.</summary>
    public static byte[] After(ReadOnlySpan<byte> prefix)
    {
        var end = prefix.ToArray();
        for (var i = end.Length - 1; i >= 0; i--)
        {
            if (end[i] != byte.MaxValue)
            {
                end[i]++;
                return end[..(i + 1)];
            }
        }

        throw new ArgumentException("a prefix of 0xFF bytes has no end", nameof(prefix));
    }
}
