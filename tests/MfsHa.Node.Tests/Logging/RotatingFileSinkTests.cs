using MfsHa.Node.Logging;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace MfsHa.Node.Tests.Logging;

public sealed class RotatingFileSinkTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mfsha-log").FullName;

    private string Log => Path.Combine(_directory, "x.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_newest_messages_are_in_the_file_itself_and_only_so_many_former_ones_are_kept()
    {
        using (RotatingFileSink sink = Open(maxBytes: 8, kept: 2))
        {
            for (int i = 0; i < 9; i++)
            {
                sink.Emit(Events.Of($"m{i}"));
            }
        }

        Assert.Equal(["x.log", "x.log.1", "x.log.2"], Directory.GetFiles(_directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal("m8\n", File.ReadAllText(Log));
        Assert.Equal("m6\nm7\n", File.ReadAllText(Log + ".1"));
        Assert.Equal("m4\nm5\n", File.ReadAllText(Log + ".2"));
    }

    [Fact]
    public void Without_former_files_the_file_begins_anew()
    {
        using RotatingFileSink sink = Open(maxBytes: 4, kept: 0);
        sink.Emit(Events.Of("m1"));
        sink.Emit(Events.Of("m2"));
        Assert.Equal("m2\n", File.ReadAllText(Log));
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_message_larger_than_a_file_is_written_whole()
    {
        using RotatingFileSink sink = Open(maxBytes: 4, kept: 1);
        sink.Emit(Events.Of("a long message"));
        Assert.Equal("a long message\n", File.ReadAllText(Log));
    }

    [Fact]
    public void Messages_are_appended_to_a_former_run()
    {
        File.WriteAllText(Log, "before\n");
        using RotatingFileSink sink = Open(maxBytes: 100, kept: 1);
        sink.Emit(Events.Of("after"));
        Assert.Equal("before\nafter\n", File.ReadAllText(Log));
    }

    [Fact]
    public void What_cannot_be_written_is_dropped_and_writing_goes_on_later()
    {
        using RotatingFileSink sink = Open(maxBytes: 100, kept: 1);
        File.Delete(Log);
        Directory.CreateDirectory(Log);
        sink.Reopen();
        sink.Emit(Events.Of("lost"));
        Directory.Delete(Log);
        sink.Emit(Events.Of("kept"));
        Assert.Equal("kept\n", File.ReadAllText(Log));
    }

    private RotatingFileSink Open(long maxBytes, int kept) =>
        new(Log, maxBytes, kept, new MessageTemplateTextFormatter("{Message:lj}\n", System.Globalization.CultureInfo.InvariantCulture));
}
