using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>reload-config</c> and <c>config get</c>.</summary>
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
        return new Command("config", "Show the nodes' configuration.") { get };
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

    internal sealed record Configuration(uint Node, IReadOnlyList<Value> Values);

    internal sealed record Value(string Key, [property: System.Text.Json.Serialization.JsonPropertyName("value")] string Text, string Origin, string ChangeNeeds)
    {
        public string ToText() => $"{Key} = {Text}  ({Origin}; a change needs a {ChangeNeeds})";
    }
}
