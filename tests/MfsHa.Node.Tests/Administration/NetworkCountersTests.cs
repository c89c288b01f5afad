using MfsHa.Node.Administration;

namespace MfsHa.Node.Tests.Administration;

public sealed class NetworkCountersTests
{
    [Fact]
    public void Interfaces_are_summed_without_loopback()
    {
        string[] lines =
        [
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
            "    lo: 5000      10    0    0    0     0          0         0     5000      10    0    0    0     0       0          0",
            "  eth0: 1000      10    0    0    0     0          0         0      300       4    0    0    0     0       0          0",
            "veth12:20 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0",
        ];
        var sum = NetworkCounters.Parse(lines);
        Assert.Equal((1020UL, 307UL), (sum.ReceivedBytes, sum.SentBytes));
    }

    [Fact]
    public void This_host_has_some() => Assert.NotNull(NetworkCounters.Read());
}
