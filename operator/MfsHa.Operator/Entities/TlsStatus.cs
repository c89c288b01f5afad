using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>The certificates that the operator makes.</summary>
public sealed class TlsStatus
{
    /// <summary>Fingerprint of the CA.</summary>
    [JsonPropertyName("authority")]
    [Description("SHA-256 of the CA that issues certificates.")]
    public string? Authority { get; set; }

    /// <summary>When the CA ends.</summary>
    [JsonPropertyName("authorityNotAfter")]
    [Description("When the CA ends.")]
    public DateTime? AuthorityNotAfter { get; set; }

    /// <summary>When the nodes' certificate ends.</summary>
    [JsonPropertyName("certificateNotAfter")]
    [Description("When the nodes' certificate ends.")]
    public DateTime? CertificateNotAfter { get; set; }

    /// <summary>Trust or Use.</summary>
    [JsonPropertyName("rotation")]
    [Description("While the CA is replaced. Trust: nodes are to trust both CAs. Use: the new one issues, both are trusted until all nodes show its certificate.")]
    public string? Rotation { get; set; }
}
