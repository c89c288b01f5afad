using System.Text.Json.Nodes;
using MfsHa.Operator.Cluster.Rendering;
using Xunit;

namespace MfsHa.Operator.Tests.Cluster;

public sealed class DriftTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"a":{"b":"x"}}""", """{"a":{"b":"x","c":[1]}}""", true)]
    [InlineData("""{"a":[{"n":"x"}]}""", """{"a":[{"n":"x","d":1}]}""", true)]
    [InlineData("""{"a":[{"n":"x"}]}""", """{"a":[{"n":"x"},{"n":"y"}]}""", false)]
    [InlineData("""{"a":[]}""", """{}""", true)]
    [InlineData("""{"a":"x"}""", """{}""", false)]
    [InlineData("""{"a":"1024Mi"}""", """{"a":"1Gi"}""", true)]
    [InlineData("""{"a":"1000m"}""", """{"a":"1"}""", true)]
    [InlineData("""{"a":"1Gi"}""", """{"a":"2Gi"}""", false)]
    public void What_is_wanted_has_to_be_there(string wanted, string live, bool holds) =>
        Assert.Equal(holds, Drift.Holds(JsonNode.Parse(wanted), JsonNode.Parse(live)));
}
