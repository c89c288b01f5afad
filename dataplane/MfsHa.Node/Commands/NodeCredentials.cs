using MfsHa.Admin;
using MfsHa.Node.Configuration;
using MfsHa.Security;

namespace MfsHa.Node.Commands;

/// <summary>What a node of this configuration shows to the admin services of others.</summary>
internal static class NodeCredentials
{
    /// <summary>Reads the files. <see cref="SecurityFileException"/> when one is unusable.</summary>
    public static AdminCredentials Of(SecurityConfiguration security, TimeProvider clock)
    {
        SharedToken? token = security.TokenFile is { } path
            ? new WatchedFiles<SharedToken>([path], contents => SharedToken.Read(path, contents[0]), clock).Current
            : security.Token.Length > 0 && SharedToken.TryParse(security.Token, out SharedToken direct) ? direct : null;
        return new AdminCredentials(security.Tls?.Watch(clock).Current, token?.Own);
    }
}
