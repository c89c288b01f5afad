using MfsHa.Consensus.Log;
using Xunit;

namespace MfsHa.Consensus.Tests.Log;

public sealed class LogSizesTests
{
    private const int Mebibyte = 1 << 20;

    [Fact]
    public void The_entry_before_so_many_bytes_is_found_to_a_mebibyte()
    {
        var sizes = new LogSizes();
        for (var i = 1; i <= 100; i++)
        {
            sizes.Added(i, Mebibyte / 2);
        }

        Assert.InRange(sizes.IndexBefore(10L * Mebibyte), 77, 80);
        Assert.Equal(0, sizes.IndexBefore(50L * Mebibyte));
        sizes.CutTail(90);
        Assert.InRange(sizes.IndexBefore(10L * Mebibyte), 66, 70);
        sizes.CutHead(95);
        Assert.Equal(0, sizes.IndexBefore(10L * Mebibyte));
    }
}
