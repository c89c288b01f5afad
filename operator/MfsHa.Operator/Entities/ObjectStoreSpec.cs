using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>A bucket of an object store that speaks S3.</summary>
public sealed class ObjectStoreSpec
{
    /// <summary>URL; null: Amazon's of the region.</summary>
    [JsonPropertyName("endpoint")]
    [Length(1, 512)]
    [Pattern("^https?://[^/]+/?$")]
    [Description("URL of the store, such as https://s3.example.org:9000; left out: Amazon's of the region. Its certificate has to be of a CA that the nodes' image trusts.")]
    public string? Endpoint { get; set; }

    /// <summary>The bucket, which exists.</summary>
    [JsonPropertyName("bucket")]
    [Required]
    [Length(3, 63)]
    [Pattern("^[a-z0-9][-.a-z0-9]*[a-z0-9]$")]
    [Description("The bucket; it has to exist.")]
    public string Bucket { get; set; } = "";

    /// <summary>What keys begin with.</summary>
    [JsonPropertyName("prefix")]
    [Length(1, 512)]
    [Pattern("^[A-Za-z0-9][-A-Za-z0-9_.]*(/[A-Za-z0-9][-A-Za-z0-9_.]*)*$")]
    [Description("What keys begin with, without a slash at the end; left out: nothing.")]
    public string? Prefix { get; set; }

    /// <summary>Region that calls are signed for.</summary>
    [JsonPropertyName("region")]
    [Length(1, 63)]
    [Pattern("^[a-z0-9][-a-z0-9]*$")]
    [Description("Region that calls are signed for; left out: us-east-1.")]
    public string? Region { get; set; }

    /// <summary>Secret with the keys.</summary>
    [JsonPropertyName("credentialsSecret")]
    [Required]
    [Length(1, 253)]
    [Description("Secret of the same namespace with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where there is one. They may list the bucket, and read, write and delete its objects.")]
    public string CredentialsSecret { get; set; } = "";
}
