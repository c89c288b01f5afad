namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>What the API server itself refuses, because the definitions say so: the field is named, and nothing has to run.</summary>
public sealed class DefinitionTests
{
    private const string Namespace = "mfsha-e2e-definitions";

    private static readonly (string Kind, string Spec, string Field)[] _wrong =
    [
        ("MfsHaCluster", """{"replicas":4}""", "spec.replicas"),
        ("MfsHaCluster", """{"replicas":"three"}""", "spec.replicas"),
        ("MfsHaCluster", """{"shards":65}""", "spec.shards"),
        ("MfsHaCluster", """{"storage":{"size":"lots"}}""", "spec.storage.size"),
        ("MfsHaCluster", """{"storage":{"retentionPolicy":"Maybe"}}""", "spec.storage.retentionPolicy"),
        ("MfsHaCluster", """{"deletionPolicy":"Maybe"}""", "spec.deletionPolicy"),
        ("MfsHaCluster", """{"reconcilePolicy":"Never"}""", "spec.reconcilePolicy"),
        ("MfsHaCluster", """{"service":{"type":"ExternalName"}}""", "spec.service.type"),
        ("MfsHaCluster", """{"service":{"perNode":"yes"}}""", "spec.service.perNode"),
        ("MfsHaCluster", """{"tls":{"mode":"Maybe"}}""", "spec.tls.mode"),
        ("MfsHaCluster", """{"topology":{"antiAffinity":"Maybe"}}""", "spec.topology.antiAffinity"),
        ("MfsHaOperation", """{"cluster":"mfsmaster","type":"Explode"}""", "spec.type"),
        ("MfsHaOperation", """{"type":"Verify"}""", "spec.cluster"),
        ("MfsHaOperation", """{"cluster":"mfsmaster","type":"Switchover","node":0}""", "spec.node"),
        ("MfsHaBackup", """{"cluster":"mfsmaster"}""", "spec.target"),
        ("MfsHaScheduledBackup", """{"cluster":"mfsmaster","target":{"claimName":"backups"}}""", "spec.schedule"),
        ("MfsHaRestore", """{"cluster":"mfsmaster","backup":"once"}""", "spec.confirm"),
    ];

    private static readonly (string Kind, string Spec)[] _right =
    [
        ("MfsHaCluster", """{}"""),
        ("MfsHaCluster", """{"replicas":5,"shards":64,"storage":{"size":"20Gi"},"service":{"type":"LoadBalancer","perNode":true},"tls":{"mode":"Operator"}}"""),
        ("MfsHaOperation", """{"cluster":"mfsmaster","type":"Switchover","node":1}"""),
    ];

    [Fact(Explicit = true)]
    public async Task The_API_server_refuses_what_cannot_be_and_names_the_field()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.InstallAsync(Namespace);
        foreach ((string kind, string spec) in _right)
        {
            CommandResult accepted = await ApplyAsync(kind, spec);
            Assert.True(accepted.ExitCode == 0, $"{kind} {spec}: {accepted.Error}");
        }

        foreach ((string kind, string spec, string field) in _wrong)
        {
            CommandResult refused = await ApplyAsync(kind, spec);
            Assert.True(refused.ExitCode != 0, $"{kind} {spec} was accepted");
            Assert.True(refused.Error.Contains(field, StringComparison.Ordinal), $"{kind} {spec}: {refused.Error}");
        }

        KubernetesCluster.Note($"{_wrong.Length} wrong specifications were refused");
    }

    // kubectl's own check is another one, of what it knows of the schema: strangers have other clients.
    private static Task<CommandResult> ApplyAsync(string kind, string spec) => Command.TryRunAsync(
        ["sh", "-c", $"""printf %s '{Text(kind, spec)}' | kubectl create --validate=false --dry-run=server -f -"""], cancellation: TestContext.Current.CancellationToken);

    private static string Text(string kind, string spec) =>
        $$$"""{"apiVersion":"mfsha.io/v1","kind":"{{{kind}}}","metadata":{"name":"mfsmaster","namespace":"{{{Namespace}}}"},"spec":{{{spec}}} }""";
}
