using System.Net;
using System.Net.Sockets;

namespace MfsHa.Node.Configuration;

/// <summary>Makes an address of what *_LISTEN_HOST and BIND_HOST say.</summary>
public static class ListenAddress
{
    /// <summary>"*" is any IPv4 address; a name is looked up, and its first IPv4 address taken, as mfsmaster does.</summary>
    /// <exception cref="IOException">The name has no IPv4 address.</exception>
    public static async Task<IPAddress> ResolveAsync(string host, CancellationToken cancellation)
    {
        if (host == "*")
        {
            return IPAddress.Any;
        }

        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork, cancellation).ConfigureAwait(false);
            return addresses.FirstOrDefault() ?? throw new IOException($"{host} has no IPv4 address to listen on");
        }
        catch (SocketException e)
        {
            throw new IOException($"cannot listen on {host}: {e.Message}", e);
        }
    }
}
