using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>reload-config</c>, <c>config get</c>, <c>set</c> and <c>unset</c>.</summary>
internal static class ConfigurationCommands
{
    public static Command CreateReload(OperationsCall calls)
    {
        Option<int> node = OperationsCall.NodeOption("The node (default: all).", isRequired: false);
        return OperationsCall.Create(
            "reload-config", "Have nodes read their configuration and exports again, as mfsha reload does. Exit code: 0 done, 1 a node has refused, or does not answer.", [node],
            async (parsed, cancellation) =>
            {
                int id = parsed.GetValue(node);
                ReloadConfigurationReply reply = await calls.CallAsync(
                    parsed, (client, call) => client.ReloadConfigurationAsync(new ReloadConfigurationRequest { Node = (uint)id }, call), cancellation, isLong: true);
                Reloaded[] nodes = [.. reply.Nodes.Select(static n => new Reloaded(n.Node, n.Done, n.Error, [.. n.Changed], [.. n.Waiting]))];
                await calls.WriteAsync(parsed, nodes, static all => all.SelectMany(static n => n.ToText()));
                return nodes.All(static n => n.Done) ? ExitCode.Done : ExitCode.Trouble;
            });
    }

    public static Command CreateConfig(OperationsCall calls)
    {
        Option<int> node = OperationsCall.NodeOption("The node (default: the one that is asked).", isRequired: false);
        var key = new Argument<string?>("key") { Description = "One key (default: all).", Arity = ArgumentArity.ZeroOrOne };
        Command get = OperationsCall.Create(
            "get", "Show the configuration in force on a node, secrets masked. Exit code: 1 for an unknown key.", [node],
            async (parsed, cancellation) =>
            {
                int id = parsed.GetValue(node);
                GetConfigurationReply reply = await calls.CallAsync(
                    parsed, (client, call) => client.GetConfigurationAsync(new GetConfigurationRequest { Node = (uint)id }, call), cancellation);
                string? wanted = parsed.GetValue(key);
                Value[] values =
                [
                    .. reply.Values.Where(v => wanted is null || string.Equals(v.Key, wanted, StringComparison.OrdinalIgnoreCase))
                        .Select(static v => new Value(v.Key, v.Value, v.Origin, NeedOf(v.Needs))),
                ];
                if (values.Length == 0)
                {
                    throw new UsageException($"there is no key {wanted}; mfsha --help-config lists all");
                }

                await calls.WriteAsync(parsed, new Configuration(reply.Node, values), static c => c.Values.Select(static v => v.ToText()));
                return ExitCode.Done;
            });
        get.Arguments.Add(key);
        return new Command("config", "Show the nodes' configuration, or set keys for all of them.") { get, CreateSet(calls), CreateUnset(calls) };
    }

    private static Command CreateSet(OperationsCall calls)
    {
        var key = new Argument<string>("key") { Description = "The key." };
        var value = new Argument<string>("value") { Description = "Its value, as in mfsha.cfg." };
        Command set = OperationsCall.Create(
            "set", "Set a key for all nodes, now and for good; it wins over their files and environments. Exit code: 1 refused, or a node does not have it yet.", [],
            (parsed, cancellation) => SetAsync(calls, parsed, new SetConfigurationRequest { Key = parsed.GetValue(key), Value = parsed.GetValue(value) }, cancellation));
        set.Arguments.Add(key);
        set.Arguments.Add(value);
        return set;
    }

    private static Command CreateUnset(OperationsCall calls)
    {
        var key = new Argument<string>("key") { Description = "The key." };
        Command unset = OperationsCall.Create(
            "unset", "Let the nodes' files and environments decide about a key again.", [],
            (parsed, cancellation) => SetAsync(calls, parsed, new SetConfigurationRequest { Key = parsed.GetValue(key), Unset = true }, cancellation));
        unset.Arguments.Add(key);
        return unset;
    }

    private static async Task<int> SetAsync(OperationsCall calls, ParseResult parsed, SetConfigurationRequest request, CancellationToken cancellation)
    {
        SetConfigurationReply reply = await calls.CallAsync(parsed, (client, call) => client.SetConfigurationAsync(request, call), cancellation, isLong: true);
        Taken[] nodes = [.. reply.Nodes.Select(static n => new Taken(n.Node, n.Done, n.Error, n.Value is null ? null : new Value(n.Value.Key, n.Value.Value, n.Value.Origin, NeedOf(n.Value.Needs))))];
        await calls.WriteAsync(parsed, nodes, static all => all.Select(static n => n.ToText()));
        return nodes.All(static n => n.Done) ? ExitCode.Done : ExitCode.Trouble;
    }

    private static string NeedOf(ChangeNeeds needs) => needs switch
    {
        ChangeNeeds.Reload => "reload",
        ChangeNeeds.Restart => "restart",
        _ => "new cluster",
    };

    internal sealed record Reloaded(uint Node, bool Done, string Error, IReadOnlyList<string> Changed, IReadOnlyList<string> Waiting)
    {
        public IEnumerable<string> ToText()
        {
            if (!Done)
            {
                yield return $"Node {Node}: NOT RELOADED: {Error}";
                yield break;
            }

            yield return $"Node {Node}: reloaded, {(Changed.Count == 0 ? "no key changed" : "changed: " + string.Join(", ", Changed))}";
            if (Waiting.Count > 0)
            {
                yield return $"Node {Node}: these keep their values until a restart: {string.Join(", ", Waiting)}";
            }
        }
    }

    internal sealed record Taken(uint Node, bool Done, string Error, Value? Value)
    {
        public string ToText() => Done ? $"Node {Node}: {Value!.Key} = {Value.Text}  ({Value.Origin})" : $"Node {Node}: NOT IN FORCE: {Error}";
    }

    internal sealed record Configuration(uint Node, IReadOnlyList<Value> Values);

    internal sealed record Value(string Key, [property: System.Text.Json.Serialization.JsonPropertyName("value")] string Text, string Origin, string ChangeNeeds)
    {
        public string ToText() => $"{Key} = {Text}  ({Origin}; a change needs a {ChangeNeeds})";
    }
}
