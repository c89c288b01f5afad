using MfsHa.Demo.Model;

namespace MfsHa.Demo.Tests.Model;

public sealed class StallsTests
{
    [Theory]
    [InlineData(new[] { 5 }, 5)]
    [InlineData(new[] { 9, 1, 5 }, 5)]
    [InlineData(new[] { 4, 1, 2, 9 }, 3)]
    public void Median_is_the_middle(int[] times, int median)
        => Assert.Equal(median, Stalls.Median(times.Select(static time => TimeSpan.FromMilliseconds(time))).TotalMilliseconds);

    [Fact]
    public void Several_stalls_are_described_by_median_and_longest()
    {
        Assert.Equal("412 ms", Stalls.Describe([TimeSpan.FromMilliseconds(412)]));
        Assert.Equal("median 400 ms, longest 612 ms", Stalls.Describe([TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(612), TimeSpan.FromMilliseconds(400)]));
    }
}
