using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Rendering;

namespace MfsHa.Operator.Cluster.Tls;

/// <summary>What an action makes of a Secret: a new one, or a merge patch. Keys are made here, and anew each time.</summary>
/// <param name="Name">The Secret.</param>
/// <param name="Created">The Secret that is made; null: it is patched.</param>
/// <param name="Patch">The patch.</param>
public sealed record SecretChange(string Name, V1Secret? Created, JsonObject Patch)
{
    /// <summary>The change of an action that concerns certificates.</summary>
    public static SecretChange Of(ClusterAction action)
    {
        switch (action)
        {
            case ClusterAction.CreateAuthority create:
                KeyedCertificate made = CertificateMaker.MakeAuthority(create.Order);
                return Create(create.Secret, create.Former is null
                    ? new Dictionary<string, string?> { [Paths.CertificateFile] = made.Certificate, [Paths.KeyFile] = made.Key }
                    : new Dictionary<string, string?> { [Authority.NextCertificateFile] = made.Certificate, [Authority.NextKeyFile] = made.Key, [Authority.FormerFile] = create.Former });
            case ClusterAction.AddAuthority add:
                KeyedCertificate next = CertificateMaker.MakeAuthority(add.Order);
                return Change(add.Name, add.Version, new Dictionary<string, string?> { [Authority.NextCertificateFile] = next.Certificate, [Authority.NextKeyFile] = next.Key }, add.Mark);
            case ClusterAction.ChangeSecret change:
                return Change(change.Name, change.Version, change.Texts, mark: null);
            case ClusterAction.IssueCertificate issue:
                KeyedCertificate issued = CertificateMaker.Issue(issue.Order, issue.Signer);
                var texts = new Dictionary<string, string?> { [Paths.AuthoritiesFile] = issue.Authorities, [Paths.CertificateFile] = issued.Certificate, [Paths.KeyFile] = issued.Key };
                return issue.Version is { } version ? Change(issue.Secret.Metadata.Name, version, texts, mark: null) : Create(issue.Secret, texts);
            default:
                throw new ArgumentOutOfRangeException(nameof(action), action, "an action on certificates expected");
        }
    }

    private static SecretChange Create(V1Secret secret, Dictionary<string, string?> texts)
    {
        secret.ApiVersion = "v1";
        secret.Kind = "Secret";
        secret.Type = "Opaque";
        secret.Data = texts.ToDictionary(static t => t.Key, static t => Encoding.UTF8.GetBytes(t.Value!));
        return new SecretChange(secret.Metadata.Name, secret, []);
    }

    private static SecretChange Change(string name, string version, IReadOnlyDictionary<string, string?> texts, string? mark)
    {
        var data = new JsonObject();
        foreach ((string key, string? text) in texts)
        {
            data[key] = text is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        }

        var metadata = new JsonObject { ["resourceVersion"] = version };
        if (mark is not null)
        {
            metadata["annotations"] = new JsonObject { [Authority.MarkAnnotation] = mark };
        }

        return new SecretChange(name, null, new JsonObject { ["metadata"] = metadata, ["data"] = data });
    }
}
