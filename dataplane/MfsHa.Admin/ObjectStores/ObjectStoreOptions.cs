using System.CommandLine;

namespace MfsHa.Admin.ObjectStores;

/// <summary>
/// The options that say which store is meant. Keys are variables only (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), because command lines can be read by everybody. An empty variable counts as not set.
/// </summary>
internal sealed class ObjectStoreOptions(Func<string, string?> environment)
{
    private const string DefaultRegion = "us-east-1";

    public Option<string?> Endpoint { get; } = new("--s3-endpoint")
    {
        Description = "URL of the store, such as https://s3.example.org:9000 (MFSHA_S3_ENDPOINT); left out: Amazon's of the region.",
        HelpName = "URL",
    };

    public Option<string?> Region { get; } = new("--s3-region")
    {
        Description = $"Its region (MFSHA_S3_REGION; {DefaultRegion}). The keys are variables: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where there is one.",
        HelpName = "NAME",
    };

    /// <summary>The store with a bucket.</summary>
    /// <exception cref="UsageException">The options do not say which.</exception>
    public S3Store Open(ParseResult parsed, string bucket)
    {
        Uri? endpoint = null;
        if ((parsed.GetValue(Endpoint) ?? Variable("MFSHA_S3_ENDPOINT")) is { } text && (!Uri.TryCreate(text, UriKind.Absolute, out endpoint) || endpoint.Scheme is not ("http" or "https")))
        {
            throw new UsageException($"--s3-endpoint: http://HOST:PORT or https://HOST:PORT expected, found {text}");
        }

        return Variable("AWS_ACCESS_KEY_ID") is { } id && Variable("AWS_SECRET_ACCESS_KEY") is { } secret
            ? new S3Store(endpoint, parsed.GetValue(Region) ?? Variable("MFSHA_S3_REGION") ?? DefaultRegion, bucket, new S3Keys(id, secret, Variable("AWS_SESSION_TOKEN")))
            : throw new UsageException("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY expected in the environment");
    }

    private string? Variable(string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;
}
