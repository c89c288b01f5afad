using System.Text.RegularExpressions;

namespace MfsHa.Admin.ObjectStores;

/// <summary>A place in an object store, <c>s3://BUCKET/KEY</c>.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key in it; without a slash at its beginning or end.</param>
public sealed partial record ObjectPlace(string Bucket, string Key)
{
    /// <summary>What a place begins with.</summary>
    public const string Scheme = "s3://";

    /// <summary>Longest key, in bytes.</summary>
    private const int MaxKey = 1024;

    /// <summary>Whether a text is meant to be a place, and not a path.</summary>
    public static bool IsMeant(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Reads a place.</summary>
    /// <param name="option">Where it comes from, for the message.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="UsageException">It is none.</exception>
    public static ObjectPlace Parse(string option, string text)
    {
        Match match = Form().Match(text);
        return match.Success && System.Text.Encoding.UTF8.GetByteCount(match.Groups["key"].ValueSpan) <= MaxKey && !match.Groups["key"].Value.Split('/').Any(static p => p is "" or "." or "..")
            ? new ObjectPlace(match.Groups["bucket"].Value, match.Groups["key"].Value)
            : throw new UsageException($"{option}: {Scheme}BUCKET/KEY expected, found {text}");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}{Bucket}/{Key}";

    [GeneratedRegex(@"^s3://(?<bucket>[a-z0-9][-.a-z0-9]{1,61}[a-z0-9])/(?<key>[^\x00-\x1f]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
