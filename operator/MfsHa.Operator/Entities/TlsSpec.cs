using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>TLS between nodes, and to their admin service.</summary>
public sealed class TlsSpec
{
    /// <summary>Secret with the certificate.</summary>
    [JsonPropertyName("secretName")]
    [Required]
    [Length(1, 253)]
    [Description("Secret of the same namespace with ca.crt, tls.crt and tls.key, as cert-manager makes them. The certificate is for servers and clients, and names *.NAME-nodes.NAMESPACE.svc and localhost.")]
    public string SecretName { get; set; } = "";
}
