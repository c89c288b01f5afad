using System.Diagnostics;
using System.Text;
using MfsHa.Admin.Contract;
using MfsHa.Cluster.Hosting;
using MfsHa.Consensus;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Node.Admin;
using MfsHa.Node.Configuration;
using MfsHa.Node.Daemon;
using MfsHa.NodeLink;
using StatusCode = MfsHa.Protocol.StatusCode;

namespace MfsHa.Node.Administration;

/// <summary>Keys that are set for all nodes: checked here, decided in the system group, taken over by each node.</summary>
internal sealed class ClusterOptionSetter(ClusterHost host, RunningConfiguration configuration, PeerOperations peers)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task<SetConfigurationReply> SetAsync(SetConfigurationRequest request, IEnumerable<NodeId> nodes, CancellationToken cancellation)
    {
        string name = request.Key.ToUpperInvariant();
        Check(name, request);
        try
        {
            SystemReply decided = await host.Cluster.ExecuteAsync(new SetOption(new Name(name), request.Unset ? null : Encoding.UTF8.GetBytes(request.Value)), cancellation).ConfigureAwait(false);
            if (decided.Status != StatusCode.Ok)
            {
                throw new AdminException(AdminFailure.Refused, $"{name} was not set: {decided.Status}");
            }
        }
        catch (Exception e) when (e is TimeoutException or PeerUnavailableException or ProposalRejectedException or RpcException)
        {
            throw new AdminException(AdminFailure.Unavailable, e.Message);
        }

        var reply = new SetConfigurationReply();
        reply.Nodes.AddRange(await Task.WhenAll(nodes.Select(n => WaitAsync(n, name, request, cancellation))).ConfigureAwait(false));
        return reply;
    }

    private void Check(string name, SetConfigurationRequest request)
    {
        ConfigurationKey key = ConfigurationReader.KeysByName.GetValueOrDefault(name) ?? throw new AdminException(AdminFailure.Refused, $"there is no key {name}; mfsha --help-config lists all");
        if (key.WhyNotSettable() is { } reason)
        {
            throw new AdminException(AdminFailure.Refused, $"{name} cannot be set so: {reason}");
        }

        if (request.Unset)
        {
            return;
        }

        if (!key.TryParse(request.Value, out _))
        {
            throw new AdminException(AdminFailure.Refused, $"{name}: expected {key.Expected}, found {ConfigurationFile.Quote(request.Value)}");
        }

        try
        {
            _ = configuration.Current.WithClusterOptions(new Dictionary<string, string>(host.Options.Current) { [name] = request.Value });
        }
        catch (ConfigurationException e)
        {
            throw new AdminException(AdminFailure.Refused, e.Message);
        }
    }

    private async Task<SetResult> WaitAsync(NodeId node, string name, SetConfigurationRequest request, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            SetResult result;
            try
            {
                GetConfigurationReply now = await peers.CallAsync(
                    node, PeerOperation.Configuration, new GetConfigurationRequest(), GetConfigurationReply.Parser, AnswerLimit, cancellation).ConfigureAwait(false);
                ConfigurationValue? value = now.Values.FirstOrDefault(v => v.Key == name);
                bool isOurs = value?.Origin == ConfigurationOrigin.Cluster.Description;
                bool isDone = request.Unset ? value is not null && !isOurs : isOurs && value!.Value == request.Value;
                result = new SetResult { Node = node.Value, Done = isDone, Value = value, Error = isDone ? "" : "it does not take it over; its log says why" };
            }
            catch (AdminException e)
            {
                result = new SetResult { Node = node.Value, Error = $"{e.Message}; it takes it over when it is back" };
            }

            if (result.Done || Stopwatch.GetElapsedTime(begun) > TakeOverLimit)
            {
                return result;
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }
}
