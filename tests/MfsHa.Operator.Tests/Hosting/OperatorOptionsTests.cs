using MfsHa.Operator.Hosting;
using Xunit;

namespace MfsHa.Operator.Tests.Hosting;

public sealed class OperatorOptionsTests
{
    [Fact]
    public void What_is_not_said_has_its_default()
    {
        OperatorOptions options = Read([]);
        Assert.Equal(("image", null, "default", 8080, 4, TimeSpan.FromSeconds(15)), (options.NodeImage, options.WatchNamespace, options.OwnNamespace, options.Port, options.Workers, options.Lease));
    }

    [Theory]
    [InlineData("MFSHA_OPERATOR_LEASE_SECONDS", "2", "MFSHA_OPERATOR_LEASE_SECONDS: 3..300 expected, found 2")]
    [InlineData("MFSHA_OPERATOR_LEASE_SECONDS", "6 s", "MFSHA_OPERATOR_LEASE_SECONDS: 3..300 expected, found 6 s")]
    [InlineData("MFSHA_OPERATOR_WORKERS", "0", "MFSHA_OPERATOR_WORKERS: 1..64 expected, found 0")]
    [InlineData("MFSHA_NODE_IMAGE", " ", "MFSHA_NODE_IMAGE: the image of mfsha nodes expected, found nothing")]
    public void What_cannot_be_is_refused_by_name(string name, string value, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => Read(new Dictionary<string, string> { [name] = value })).Message);

    [Fact]
    public void A_shorter_lease_is_taken_over() => Assert.Equal(TimeSpan.FromSeconds(6), Read(new Dictionary<string, string> { ["MFSHA_OPERATOR_LEASE_SECONDS"] = "6" }).Lease);

    private static OperatorOptions Read(Dictionary<string, string> environment) =>
        OperatorOptions.Read(name => environment.TryGetValue(name, out string? value) ? value : name == "MFSHA_NODE_IMAGE" ? "image" : null);
}
