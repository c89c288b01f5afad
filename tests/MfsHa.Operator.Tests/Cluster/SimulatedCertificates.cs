using System.Globalization;
using System.Text.Json.Nodes;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Cluster.Tls;
using Xunit;

namespace MfsHa.Operator.Tests.Cluster;

/// <summary>What each node has read of the Secret of certificates, which may be old. At every moment any two of them, and each of them and the operator, have to believe each other.</summary>
internal sealed class SimulatedCertificates
{
    private readonly SortedDictionary<int, JsonObject> _read = [];

    /// <summary>True: a test says when nodes read; false: they do before every pass.</summary>
    public bool AreReadLate { get; set; }

    /// <summary>Nodes read a Secret.</summary>
    public void Read(IEnumerable<int> nodes, JsonObject secret)
    {
        foreach (int node in nodes)
        {
            _read[node] = secret.DeepClone().AsObject();
        }

        Check(secret);
    }

    /// <summary>A node is gone.</summary>
    public void Forget(int node) => _ = _read.Remove(node);

    /// <summary>What nodes say.</summary>
    public IReadOnlyDictionary<int, TlsDetails> Told(IEnumerable<int> nodes) => nodes.Where(_read.ContainsKey).ToDictionary(static n => n, n =>
    {
        IssuedCertificate read = IssuedCertificate.Read(_read[n])!;
        return new TlsDetails { Authorities = { read.Fingerprints }, Certificate = read.Certificate.Fingerprint };
    });

    /// <summary>Fails when one of them does not believe another one.</summary>
    /// <param name="secret">The Secret, as the operator reads it; null: there is none.</param>
    public void Check(JsonObject? secret)
    {
        var all = _read.Select(static r => (Who: string.Create(CultureInfo.InvariantCulture, $"node {r.Key}"), Has: IssuedCertificate.Read(r.Value)!)).ToList();
        if (secret is not null && IssuedCertificate.Read(secret) is { } own)
        {
            all.Add(("the operator", own));
        }

        foreach ((string who, IssuedCertificate has) in all)
        {
            string[] believed = [.. CertificateFacts.AllOf(has.Authorities).Select(static a => a.KeyId)];
            foreach ((string other, IssuedCertificate shows) in all)
            {
                Assert.True(believed.Contains(shows.Certificate.IssuerKeyId), $"{who} does not believe {other}");
            }
        }
    }
}
