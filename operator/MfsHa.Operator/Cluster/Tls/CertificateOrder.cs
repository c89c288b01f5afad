namespace MfsHa.Operator.Cluster.Tls;

/// <summary>A certificate that is to be made.</summary>
/// <param name="Name">Whose it is: at most 64 characters.</param>
/// <param name="Hosts">DNS names that it stands for; none for a CA's.</param>
/// <param name="From">From when it is good.</param>
/// <param name="Until">Until when.</param>
public sealed record CertificateOrder(string Name, IReadOnlyList<string> Hosts, DateTimeOffset From, DateTimeOffset Until);
