using MfsHa.MetadataFile;
using MfsHa.Node.Imports;
using Microsoft.Extensions.Time.Testing;

namespace MfsHa.Node.Tests.Imports;

public sealed class ImportProgressTests
{
    [Fact]
    public async Task Without_a_terminal_a_line_every_ten_seconds_says_how_far_the_file_is_read()
    {
        var folder = Directory.CreateTempSubdirectory("mfsha-progress");
        try
        {
            var name = Path.Combine(folder.FullName, "metadata.mfs");
            await File.WriteAllBytesAsync(name, new byte[1000], TestContext.Current.CancellationToken);
            await using var file = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var shown = new StringWriter { NewLine = "\n" };
            var clock = new FakeTimeProvider();
            var done = new TaskCompletionSource<int>();
            var running = new ImportProgress(file, new ImportMeter(), shown, isTerminal: false, clock).RunAsync(() => done.Task);
            Assert.Equal("", shown.ToString());
            file.Position = 430;
            clock.Advance(TimeSpan.FromSeconds(10));
            await WaitAsync(() => shown.ToString() == $"{name}: 43 % read\n");
            done.SetResult(7);
            Assert.Equal(7, await running);
            Assert.Equal($"{name}: 43 % read\n", shown.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}
