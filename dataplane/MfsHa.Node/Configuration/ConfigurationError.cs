namespace MfsHa.Node.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Origin">Where.</param>
/// <param name="Key">The key, or what stands in its place.</param>
/// <param name="Expected">What is accepted.</param>
/// <param name="Found">What is there; never the value of a secret.</param>
/// <param name="Explanation">Why it is refused, where that is not plain from what is expected.</param>
public sealed record ConfigurationError(ConfigurationOrigin Origin, string Key, string Expected, string Found, string? Explanation = null)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Origin}: {Key}: expected {Expected}, found {Found}" + (Explanation is null ? "" : $" ({Explanation})");
}
