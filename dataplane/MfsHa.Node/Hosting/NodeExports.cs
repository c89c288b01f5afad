using System.Text;
using MfsHa.Gateway.Exports;
using MfsHa.Node.Exports;

namespace MfsHa.Node.Hosting;

/// <summary>mfsexports.cfg as the gateway asks for it.</summary>
internal sealed class NodeExports : IExports
{
    private readonly ExportsFile file;

    public NodeExports(ExportsFile file)
    {
        this.file = file;
        file.Changed += table => Changed?.Invoke(table.Checksum);
    }

    /// <inheritdoc/>
    public event Action<ulong>? Changed;

    /// <inheritdoc/>
    public ulong Checksum => file.Table.Checksum;

    /// <inheritdoc/>
    public IReadOnlyList<ExportListing> Listings =>
        [.. file.Table.Rules.Select(static r => new ExportListing(
            r.Addresses.From, r.Addresses.To, Encoding.Latin1.GetBytes(r.ShownPath), r.MinVersion, r.AllDirectories, r.PasswordDigest is not null, Grant(r)))];

    /// <inheritdoc/>
    public ExportMatch Match(in ExportQuery query)
    {
        var table = file.Table;
        var decision = table.Decide(new ExportRequest(query.Address, query.Version.Wire, query.IsMeta, query.Path, query.Challenge, query.Response));
        return new ExportMatch(decision.Status, decision.Rule is null ? null : Grant(decision.Rule), table.Checksum);
    }

    private static ExportGrant Grant(ExportRule rule) => new()
    {
        Flags = rule.Flags,
        Umask = rule.Umask,
        RootUid = rule.RootUid,
        RootGid = rule.RootGid,
        MapAllUid = rule.MapAllUid,
        MapAllGid = rule.MapAllGid,
        StorageClassGroups = rule.StorageClassGroups,
        MinTrashSeconds = rule.MinTrashSeconds,
        MaxTrashSeconds = rule.MaxTrashSeconds,
        Disables = rule.Disables,
    };
}
