using MfsHa.Demo.View;

namespace MfsHa.Demo.Tests.View;

public sealed class LatencyChartTests
{
    private const string Bars = " 12345678";

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.2, 1)]
    [InlineData(10, 8)]
    [InlineData(100, 16)]
    [InlineData(1000, 24)]
    [InlineData(90_000, 24)]
    public void A_row_is_a_decade(double milliseconds, int level)
        => Assert.Equal(level, LatencyChart.LevelOf(TimeSpan.FromMilliseconds(milliseconds), Bars.Length - 1));

    [Fact]
    public void Rows_are_stacked()
    {
        string[] expected = ["   8", "  88", " 888"];
        TimeSpan[] times = [TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)];
        Assert.Equal(expected, LatencyChart.Draw(times, Bars));
    }
}
