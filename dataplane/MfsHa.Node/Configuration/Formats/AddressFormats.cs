using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MfsHa.Node.Configuration.Formats;

/// <summary>Formats of values that name hosts.</summary>
public static class AddressFormats
{
    private const int MaxHostLength = 253;
    private const int MaxLabelLength = 63;
    private const int MaxPeers = 64;

    /// <summary>Address to listen on: <c>*</c> for any, or an IPv4 address, or a name that resolves to one.</summary>
    public static ValueFormat<string> ListenHost { get; } = new(
        "*, an IPv4 address or a host name", TryListenHost);

    /// <summary>The nodes of the cluster, the n-th being node n, or each with its id: <c>1@a, 2@b:9430</c>. May be empty.</summary>
    public static ValueFormat<ImmutableArray<PeerAddress>> Peers { get; } = new(
        "peers separated by commas or spaces, each host[:port] or id@host[:port], ids with all or none",
        TryPeers);

    /// <summary>The address of an HTTP server, or nothing.</summary>
    public static ValueFormat<Uri?> OptionalHttpUrl { get; } = new("http:// or https:// URL, or empty", TryOptionalHttpUrl, AllowsTrailingComment: false);

    /// <summary>True for an IPv4 address or a syntactically right host name. MooseFS's protocols know no IPv6.</summary>
    public static bool IsHost(string text)
    {
        if (text.Length is 0 or > MaxHostLength)
        {
            return false;
        }

        if (text.All(c => char.IsAsciiDigit(c) || c == '.'))
        {
            return text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork;
        }

        return text.TrimEnd('.').Split('.').All(
            label => label.Length is > 0 and <= MaxLabelLength
                && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                && label[0] != '-' && label[^1] != '-');
    }

    private static bool TryOptionalHttpUrl(string text, out Uri? value)
    {
        value = null;
        return text.Length == 0 || (Uri.TryCreate(text, UriKind.Absolute, out value) && value.Scheme is "http" or "https");
    }

    private static bool TryListenHost(string text, out string value)
    {
        value = text;
        return text == "*" || IsHost(text);
    }

    private static bool TryPeers(string text, out ImmutableArray<PeerAddress> value)
    {
        value = [];
        string[] words = text.Split([',', ' ', '\t'], MaxPeers + 1, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > MaxPeers)
        {
            return false;
        }

        var peers = ImmutableArray.CreateBuilder<PeerAddress>(words.Length);
        bool withIds = words.Length > 0 && words[0].Contains('@', StringComparison.Ordinal);
        for (int i = 0; i < words.Length; i++)
        {
            int at = words[i].IndexOf('@', StringComparison.Ordinal);
            int id = i + 1;
            if (at >= 0 != withIds
                || (withIds && !TryNumber(words[i].AsSpan(0, at), out id))
                || !TryHostAndPort(words[i][(at + 1)..], out string host, out int? port))
            {
                return false;
            }

            peers.Add(new PeerAddress(id, host, port));
        }

        value = peers.MoveToImmutable();
        return true;
    }

    private static bool TryHostAndPort(string text, out string host, out int? port)
    {
        port = null;
        int colon = text.LastIndexOf(':');
        host = colon < 0 ? text : text[..colon];
        if (colon >= 0)
        {
            if (!TryNumber(text.AsSpan(colon + 1), out int number))
            {
                return false;
            }

            port = number;
        }

        return IsHost(host);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= ushort.MaxValue;
}
