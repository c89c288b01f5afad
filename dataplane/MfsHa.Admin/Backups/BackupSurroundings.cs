using Grpc.Core;
using MfsHa.Admin.Contract;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Backups;

/// <summary>What a manifest says of the cluster beside its metadata: vector clocks of the CRDT state, which is in no metadata.mfs, and the configuration.</summary>
internal sealed record BackupSurroundings(IReadOnlyList<ManifestClock>? Clocks, IReadOnlyList<ManifestSetting>? Configuration)
{
    private const string DefaultOrigin = "default";

    /// <summary>Asks a node, and through it the others. A release that does not know the calls leaves them out.</summary>
    public static async Task<BackupSurroundings> AskAsync(CallInvoker invoker, CallOptions call)
    {
        var client = new Contract.Operations.OperationsClient(invoker);
        try
        {
            GetNodeDetailsReply details = await client.GetNodeDetailsAsync(new GetNodeDetailsRequest(), call);
            GetConfigurationReply configuration = await client.GetConfigurationAsync(new GetConfigurationRequest(), call);
            return new BackupSurroundings(
                [.. details.Nodes.Where(static n => n.Online).Select(static n => new ManifestClock(n.Node, [.. n.Crdt.Clock.Select(static c => new ManifestClockEntry(c.Owner, c.Epoch, c.Seen))]))],
                [.. configuration.Values.Where(static v => v.Origin != DefaultOrigin).Select(static v => new ManifestSetting(v.Key, v.Value, v.Origin))]);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return new BackupSurroundings(null, null);
        }
    }
}
