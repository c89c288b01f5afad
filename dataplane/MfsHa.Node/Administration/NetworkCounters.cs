using System.Globalization;
using MfsHa.Admin.Contract;

namespace MfsHa.Node.Administration;

/// <summary>What the network interfaces of this host, or of this pod, have carried since they came up (Linux: /proc/net/dev).</summary>
internal static class NetworkCounters
{
    private const string Source = "/proc/self/net/dev";
    private const string Loopback = "lo";
    private const int SentColumn = 8;

    /// <summary>All interfaces but loopback together.</summary>
    public static NetworkDetails Read() => Parse(File.ReadLines(Source));

    /// <summary>Lines are "name: received-bytes and seven more numbers, sent-bytes ..."; two lines of headings come first.</summary>
    internal static NetworkDetails Parse(IEnumerable<string> lines)
    {
        var sum = new NetworkDetails();
        foreach (string line in lines)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || line[..colon].Trim() == Loopback)
            {
                continue;
            }

            string[] numbers = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (numbers.Length > SentColumn
                && ulong.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong received)
                && ulong.TryParse(numbers[SentColumn], NumberStyles.None, CultureInfo.InvariantCulture, out ulong sent))
            {
                sum.ReceivedBytes += received;
                sum.SentBytes += sent;
            }
        }

        return sum;
    }
}
