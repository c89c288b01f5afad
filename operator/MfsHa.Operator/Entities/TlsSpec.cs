using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>TLS between nodes, and to their admin service.</summary>
public sealed class TlsSpec
{
    /// <summary>Shortest life of a CA in lives of certificates: what it issues in its last third must not outlive it.</summary>
    public const int CertificateLives = 3;

    /// <summary>Secret or Operator.</summary>
    [JsonPropertyName("mode")]
    [DefaultValue("Secret")]
    [EnumValues("Secret", "Operator")]
    [Description("Secret: the certificate is in a Secret that somebody else makes and renews (secretName). Operator: the operator makes a CA (Secret NAME-authority) and the nodes' certificate (Secret NAME-certificates), and replaces both in time, while nodes run.")]
    public string Mode { get; set; } = "Secret";

    /// <summary>Secret with the certificate.</summary>
    [JsonPropertyName("secretName")]
    [Length(1, 253)]
    [Description("With mode Secret: Secret of the same namespace with ca.crt, tls.crt and tls.key, as cert-manager makes them. The certificate is for servers and clients, and names *.NAME-nodes.NAMESPACE.svc and localhost.")]
    public string? SecretName { get; set; }

    /// <summary>How long certificates are good.</summary>
    [JsonPropertyName("certificateDays")]
    [DefaultValue(90)]
    [RangeMinimum(1)]
    [RangeMaximum(3650)]
    [Description("With mode Operator: how long the nodes' certificate is good, in days; it is renewed when a third is left.")]
    public int CertificateDays { get; set; } = 90;

    /// <summary>How long a CA is good.</summary>
    [JsonPropertyName("authorityDays")]
    [DefaultValue(3650)]
    [RangeMinimum(3)]
    [RangeMaximum(36500)]
    [Description("With mode Operator: how long the CA is good, in days, at least three times certificateDays; it is replaced when a third is left.")]
    public int AuthorityDays { get; set; } = 3650;

    /// <summary>The operator makes the certificates.</summary>
    [JsonIgnore]
    public bool IsOperators => Mode == "Operator";
}
