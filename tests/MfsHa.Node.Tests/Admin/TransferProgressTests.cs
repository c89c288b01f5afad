using MfsHa.Admin.Exports;
using Microsoft.Extensions.Time.Testing;

namespace MfsHa.Node.Tests.Admin;

public sealed class TransferProgressTests : IDisposable
{
    private readonly StringWriter _error = new();
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public void On_a_terminal_one_line_changes_and_goes_in_the_end()
    {
        using (var progress = new TransferProgress("a.mfs", _error, isTerminal: true, _clock))
        {
            progress.Add(1_000_000);
            Assert.Equal("", _error.ToString());
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            progress.Add(1_000_000);
            progress.Add(1_000_000);
        }

        Assert.Equal("\r\u001b[Ka.mfs: 2MB, 4MB/s\r\u001b[K", _error.ToString());
    }

    [Fact]
    public void Elsewhere_a_line_comes_every_ten_seconds()
    {
        using (var progress = new TransferProgress("a.mfs", _error, isTerminal: false, _clock))
        {
            for (int i = 0; i < 25; i++)
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                progress.Add(1_000_000);
            }
        }

        Assert.Equal($"a.mfs: 10MB, 1MB/s{Environment.NewLine}a.mfs: 20MB, 1MB/s{Environment.NewLine}", _error.ToString());
    }
}
