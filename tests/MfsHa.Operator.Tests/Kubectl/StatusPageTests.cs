using System.Text.Json.Nodes;
using MfsHa.Kubectl;
using Xunit;

namespace MfsHa.Operator.Tests.Kubectl;

public sealed class StatusPageTests
{
    private const string Cluster = """
        {"metadata":{"namespace":"storage","name":"mfsmaster","generation":2},"spec":{"replicas":3},
         "status":{"observedGeneration":2,"phase":"Progressing","message":"1 of 3 pods are up to date","readyReplicas":3,"leaders":"2/2","quorum":"3/3","version":"0.1.0","metadataId":"0ABC",
          "operation":{"type":"Roll","message":"1 of 3 pods are up to date"},"lastBackup":{"time":"2026-11-30T02:00:00Z","path":"mfsmaster/x.mfs","sizeBytes":123},
          "members":[{"node":1,"name":"mfsmaster-0","state":"Ready"},{"node":2,"name":"mfsmaster-1","state":"Offline"}],
          "conditions":[{"type":"Available","status":"True","reason":"Serving","message":"every group has a leader"}]}}
        """;

    private const string Pods = """{"items":[{"metadata":{"name":"mfsmaster-0"},"spec":{"nodeName":"m1"},"status":{"phase":"Running","containerStatuses":[{"restartCount":2}]}}]}""";

    [Fact]
    public void The_page_has_all_that_matters()
    {
        string page = StatusPage.Render(JsonNode.Parse(Cluster)!, JsonNode.Parse(Pods)!, isWide: true);
        Assert.Equal(
            """
            MfsHaCluster  storage/mfsmaster
            Phase         Progressing: 1 of 3 pods are up to date
            Nodes         3 ready of 3
            Leaders       2/2
            Quorum        3/3
            Version       0.1.0
            Metadata id   0ABC
            Operation     Roll: 1 of 3 pods are up to date
            Last backup   2026-11-30T02:00:00Z, mfsmaster/x.mfs (123 bytes)

            NODE  POD          STATE    POD PHASE  RESTARTS  MACHINE
            1     mfsmaster-0  Ready    Running    2         m1
            2     mfsmaster-1  Offline  missing    0         -

            CONDITION  STATUS  REASON   MESSAGE
            Available  True    Serving  every group has a leader

            """,
            page);
    }

    [Fact]
    public void A_cluster_that_nobody_has_looked_at_has_a_page_too()
    {
        JsonNode cluster = JsonNode.Parse("""{"metadata":{"namespace":"n","name":"c"},"spec":{}}""")!;
        Assert.Contains("the operator has not looked yet", StatusPage.Render(cluster, JsonNode.Parse("""{"items":[]}""")!, isWide: true), StringComparison.Ordinal);
        Assert.Equal(1, StatusPage.ExitCodeOf(cluster));
    }

    [Theory]
    [InlineData("Ready", 0)]
    [InlineData("Degraded", 1)]
    [InlineData("NoQuorum", 2)]
    public void The_exit_code_tells_the_phase(string phase, int expected) =>
        Assert.Equal(expected, StatusPage.ExitCodeOf(JsonNode.Parse($$$"""{"status":{"phase":"{{{phase}}}"}}""")!));

    [Theory]
    [InlineData("2", 2)]
    [InlineData("mfsmaster-1", 2)]
    public void A_node_is_named_by_number_or_pod(string text, int node) => Assert.Equal(node, PluginContext.NodeOf(text));

    [Theory]
    [InlineData("x")]
    [InlineData("0")]
    [InlineData("mfsmaster-x")]
    public void Another_name_is_refused(string text) => Assert.Throws<PluginException>(() => PluginContext.NodeOf(text));
}
