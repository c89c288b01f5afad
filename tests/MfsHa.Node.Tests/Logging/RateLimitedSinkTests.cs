using MfsHa.Node.Logging;
using Microsoft.Extensions.Time.Testing;
using Serilog.Events;

namespace MfsHa.Node.Tests.Logging;

public sealed class RateLimitedSinkTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListSink _log = new();
    private readonly RateLimitedSink _sink;

    public RateLimitedSinkTests() => _sink = new RateLimitedSink(_log, _time);

    public void Dispose() => _sink.Dispose();

    [Fact]
    public void Of_one_kind_only_so_many_pass_and_others_are_not_affected()
    {
        Emit("again", RateLimitedSink.Burst + 5);
        Emit("other", 1);
        Assert.Equal(RateLimitedSink.Burst + 1, _log.Events.Count);
        Assert.Equal("other", _log.Messages.Last());
    }

    [Fact]
    public void What_was_left_out_is_counted_when_the_window_is_over()
    {
        Emit("again", RateLimitedSink.Burst + 5);
        _time.Advance(RateLimitedSink.Window);
        Emit("other", 1);
        Assert.Equal(["5 more messages like this were left out: \"again\"", "other"], _log.Messages.Skip(RateLimitedSink.Burst));
        Emit("again", 1);
        Assert.Equal("again", _log.Messages.Last());
    }

    [Fact]
    public void What_was_left_out_is_counted_at_the_end()
    {
        Emit("again", RateLimitedSink.Burst + 1);
        _sink.Dispose();
        Assert.StartsWith("1 more", _log.Messages.Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LogEventLevel.Debug)]
    [InlineData(LogEventLevel.Fatal)]
    public void What_somebody_wants_to_see_or_must_see_always_passes(LogEventLevel level)
    {
        Emit("again", RateLimitedSink.Burst + 5, level);
        Assert.Equal(RateLimitedSink.Burst + 5, _log.Events.Count);
    }

    [Fact]
    public void Endless_kinds_of_messages_take_no_endless_memory_and_are_limited_together()
    {
        for (int i = 0; i < RateLimitedSink.MaxTemplates + RateLimitedSink.Burst + 10; i++)
        {
            Emit($"kind {i}", 1);
        }

        Assert.Equal(RateLimitedSink.MaxTemplates + RateLimitedSink.Burst, _log.Events.Count);
    }

    private void Emit(string message, int count, LogEventLevel level = LogEventLevel.Warning)
    {
        for (int i = 0; i < count; i++)
        {
            _sink.Emit(Events.Of(message, level));
        }
    }
}
