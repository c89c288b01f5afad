using System.Text.Json.Nodes;
using MfsHa.Kubectl;
using Xunit;

namespace MfsHa.Operator.Tests.Kubectl;

public sealed class SpecChangesTests
{
    private const string Present = """
        {"metadata":{"name":"m"},"spec":{"replicas":3,"shards":1,"image":"a:1","config":{"MATOCL_TIMEOUT":"20"},"storage":{"size":"10Gi","retentionPolicy":"Delete"},"tls":{"mode":"Operator","certificateDays":90}}}
        """;

    [Theory]
    [InlineData("replicas", "5", "spec.replicas: 3 -> 5: nodes 4 to 5 start and join, one after the other")]
    [InlineData("replicas", "1", "spec.replicas: 3 -> 1: nodes 3 down to 2 leave, one after the other; their volumes are deleted")]
    [InlineData("image", "\"a:2\"", "spec.image: a:1 -> a:2: all nodes are replaced, one pod after the other")]
    [InlineData("shards", "2", "spec.shards: 1 -> 2: REFUSED: it is decided when a cluster is created")]
    [InlineData("config", "null", "spec.config.MATOCL_TIMEOUT: 20 -> (none): set while nodes run")]
    [InlineData("tls", "null", "spec.tls.mode: Operator -> (none): REFUSED")]
    [InlineData("storage", """{"size":"20Gi","retentionPolicy":"Delete"}""", "spec.storage.size: 10Gi -> 20Gi: all volumes grow, if their storage class lets them")]
    [InlineData("storage", """{"size":"9000Mi","retentionPolicy":"Delete"}""", "spec.storage.size: 10Gi -> 9000Mi: REFUSED: volumes do not shrink")]
    [InlineData("reconcilePolicy", "\"Observe\"", "spec.reconcilePolicy: (none) -> Observe: from now on the operator only looks")]
    public void What_a_field_brings_about_is_said(string field, string value, string expected)
    {
        JsonNode wanted = JsonNode.Parse(Present)!;
        wanted["spec"]![field] = JsonNode.Parse(value);
        Assert.Contains(SpecChanges.Of(JsonNode.Parse(Present), wanted), c => c.StartsWith("MfsHaCluster m: " + expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_said_where_nothing_changes() => Assert.Empty(SpecChanges.Of(JsonNode.Parse(Present), JsonNode.Parse(Present)!));

    [Fact]
    public void A_new_cluster_is_new() => Assert.Equal(["MfsHaCluster m is new: 3 nodes, 1 shards"], SpecChanges.Of(null, JsonNode.Parse(Present)!));
}
