using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>
/// Reads objects from the API server of KUBECONFIG without kubectl: tests look every second, and a process for each look would take a good part of two processors. Null where KUBECONFIG has no certificates in it.
/// </summary>
internal sealed class ApiServer(HttpClient client)
{
    private static readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal)
    {
        ["mfsha"] = "apis/mfsha.io/v1/{0}mfshaclusters", ["mfshab"] = "apis/mfsha.io/v1/{0}mfshabackups", ["mfshasb"] = "apis/mfsha.io/v1/{0}mfshascheduledbackups",
        ["mfshar"] = "apis/mfsha.io/v1/{0}mfsharestores", ["mfshaop"] = "apis/mfsha.io/v1/{0}mfshaoperations", ["pod"] = "api/v1/{0}pods", ["pods"] = "api/v1/{0}pods", ["pvc"] = "api/v1/{0}persistentvolumeclaims",
        ["statefulset"] = "apis/apps/v1/{0}statefulsets", ["lease"] = "apis/coordination.k8s.io/v1/{0}leases",
    };

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);
    private static readonly SemaphoreSlim _one = new(1);
    private static (bool IsRead, ApiServer? Server) _present;

    /// <summary>Where the arguments of kubectl get lead; null: only kubectl knows.</summary>
    public static string? PathOf(IReadOnlyList<string> arguments)
    {
        string ns = "";
        var words = new List<string>();
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "-n" && i + 1 < arguments.Count)
            {
                ns = $"namespaces/{arguments[++i]}/";
            }
            else
            {
                words.Add(arguments[i]);
            }
        }

        return ns.Length == 0 || words.Count == 0 || !_paths.TryGetValue(words[0], out string? path) ? null
            : words.Count == 2 && !words[1].StartsWith('-') ? string.Format(System.Globalization.CultureInfo.InvariantCulture, path, ns) + "/" + words[1]
            : words.Count == 1 ? string.Format(System.Globalization.CultureInfo.InvariantCulture, path, ns)
            : words.Count == 3 && words[1] == "-l" ? string.Format(System.Globalization.CultureInfo.InvariantCulture, path, ns) + "?labelSelector=" + Uri.EscapeDataString(words[2])
            : null;
    }

    /// <summary>The one of KUBECONFIG.</summary>
    public static async Task<ApiServer?> PresentAsync(CancellationToken cancellation)
    {
        if (_present.IsRead)
        {
            return _present.Server;
        }

        await _one.WaitAsync(cancellation);
        try
        {
            if (!_present.IsRead)
            {
                _present = (true, Read(JsonNode.Parse(await Command.RunAsync(["kubectl", "config", "view", "--raw", "--minify", "--flatten", "-o", "json"], cancellation))!));
            }

            return _present.Server;
        }
        finally
        {
            _ = _one.Release();
        }
    }

    /// <summary>What there is; null: nothing, or no answer, as with kubectl.</summary>
    public async Task<JsonNode?> GetAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            return response.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) : null;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            KubernetesCluster.Note($"the API server did not answer: {e.Message}");
            return null;
        }
    }

    private static ApiServer? Read(JsonNode configuration)
    {
        JsonNode cluster = configuration["clusters"]![0]!["cluster"]!;
        JsonNode user = configuration["users"]![0]!["user"]!;
        return (Pem(cluster["certificate-authority-data"]), Pem(user["client-certificate-data"]), Pem(user["client-key-data"])) is ({ } authority, { } certificate, { } key)
            ? new ApiServer(ClientOf(new Uri((string)cluster["server"]! + "/"), X509Certificate2.CreateFromPem(authority), Own(certificate, key)))
            : null;
    }

    // For as long as the tests run.
    private static HttpClient ClientOf(Uri address, X509Certificate2 authority, X509Certificate2 own) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = new X509CertificateCollection { own },
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { authority } },
        },
    })
    {
        BaseAddress = address,
        Timeout = _limit,
    };

    // Through PKCS #12, because a key that is only in memory is not shown to servers everywhere.
    private static X509Certificate2 Own(string certificate, string key)
    {
        using var pem = X509Certificate2.CreateFromPem(certificate, key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static string? Pem(JsonNode? data) => (string?)data is { } text ? System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(text)) : null;
}
