using MfsHa.Demo.Load;
using Microsoft.Extensions.Time.Testing;

namespace MfsHa.Demo.Tests.Load;

public sealed class OperationMeterTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly OperationMeter meter;

    public OperationMeterTests() => meter = new OperationMeter(clock);

    [Fact]
    public void Operation_on_its_way_at_the_mark_counts_with_its_whole_time()
    {
        meter.Begin(OperationKind.Name);
        Pass(300);
        meter.Mark();
        Pass(400);
        Assert.Equal(Milliseconds(700), meter.Longest(OperationKind.Name));
        meter.End(OperationKind.Name);
        Assert.Equal(Milliseconds(700), meter.Longest(OperationKind.Name));
        Assert.Equal(TimeSpan.Zero, meter.Longest(OperationKind.File));
    }

    [Fact]
    public void Operations_before_the_mark_do_not_count()
    {
        Operation(500);
        meter.Mark();
        Operation(2);
        Assert.Equal(Milliseconds(2), meter.Longest(OperationKind.Name));
    }

    [Fact]
    public void Rate_is_that_of_the_last_second_and_a_stall_is_a_ramp_of_bars()
    {
        for (var number = 0; number < 100; number++)
        {
            Operation(10);
        }
        Assert.InRange(meter.Show(5).Rate, 99, 101);
        meter.Begin(OperationKind.File);
        Pass(1000);
        var (rate, waiting, bars) = meter.Show(5);
        Assert.InRange(rate, 0, 1);
        Assert.Equal(Milliseconds(1000), waiting);
        Assert.Equal(bars.Order(), bars);
        Assert.Equal(Milliseconds(1000), bars[^1]);
        meter.End(OperationKind.File);
        Assert.Equal(101, meter.Total);
    }

    [Fact]
    public void Picture_stands_still_when_nobody_works()
    {
        Operation(400);
        var before = meter.Show(10).Bars.Max();
        Pass(60_000);
        Assert.Equal(before, meter.Show(10).Bars.Max());
        Assert.Equal(0, meter.Show(10).Rate);
    }

    [Fact]
    public void Only_an_operation_that_began_before_is_waited_for()
    {
        meter.Begin(OperationKind.Name);
        var moment = clock.GetTimestamp();
        Assert.True(meter.IsWaitingSince(moment));
        Pass(1);
        meter.End(OperationKind.Name);
        meter.Begin(OperationKind.Name);
        Assert.False(meter.IsWaitingSince(moment));
    }

    private static TimeSpan Milliseconds(int time) => TimeSpan.FromMilliseconds(time);

    private void Pass(int milliseconds) => clock.Advance(Milliseconds(milliseconds));

    private void Operation(int milliseconds)
    {
        meter.Begin(OperationKind.Name);
        Pass(milliseconds);
        meter.End(OperationKind.Name);
    }
}
