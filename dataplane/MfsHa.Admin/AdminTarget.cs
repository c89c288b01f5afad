using System.Globalization;

namespace MfsHa.Admin;

/// <summary>Which nodes to ask, one after the other until one answers.</summary>
/// <param name="Addresses">Where their admin services are.</param>
/// <param name="Timeout">Time for one call.</param>
public sealed record AdminTarget(IReadOnlyList<Uri> Addresses, TimeSpan Timeout)
{
    /// <summary>What is shown to them.</summary>
    public AdminCredentials Credentials { get; init; } = AdminCredentials.None;

    /// <summary>Reads <c>host[:port][,host[:port]...]</c>; false when it is something else.</summary>
    public static bool TryParse(string hosts, int port, TimeSpan timeout, out AdminTarget target)
    {
        var addresses = new List<Uri>();
        foreach (string host in hosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string address = host.Contains(':', StringComparison.Ordinal) ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
            if (Uri.TryCreate("http://" + address, UriKind.Absolute, out Uri? uri) && uri.PathAndQuery == "/" && uri.Port > 0)
            {
                addresses.Add(uri);
            }
            else
            {
                addresses.Clear();
                break;
            }
        }

        target = new AdminTarget(addresses, timeout);
        return addresses.Count > 0;
    }
}
