using System.Globalization;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Small files, one after the other, each with its number as content; none may fail, and in the end all have to be there.</summary>
internal sealed class KeptFiles(string root) : IAsyncDisposable
{
    /// <summary>A client whose node dies waits a good 20 s; two busy processors, more.</summary>
    private static readonly TimeSpan _growLimit = TimeSpan.FromSeconds(180);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private Task _writer = Task.CompletedTask;
    private int _written;
    private long _longestPause;

    /// <summary>The longest time that one file took, in milliseconds.</summary>
    public long LongestPause => Volatile.Read(ref _longestPause);

    /// <summary>From now on counts the longest time anew.</summary>
    public void ForgetPauses() => Volatile.Write(ref _longestPause, 0);

    /// <summary>Starts to write; returns when the first file is there.</summary>
    public async Task StartAsync()
    {
        _writer = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await GrowAsync();
    }

    /// <summary>Returns when three more files have been written; fails when one could not be.</summary>
    public async Task GrowAsync()
    {
        int from = Volatile.Read(ref _written);
        await Deadline.WaitAsync($"more than {from} files are written", _growLimit, () => _writer.IsCompleted || Volatile.Read(ref _written) >= from + 3, TestContext.Current.CancellationToken);
        if (_writer.IsCompleted)
        {
            await _writer;
        }
    }

    /// <summary>Stops, and reads all of them.</summary>
    public async Task CheckAsync()
    {
        await _stop.CancelAsync();
        await _writer;
        for (int number = 0; number < _written; number++)
        {
            Assert.Equal(Content(number), await File.ReadAllTextAsync(PathOf(number), TestContext.Current.CancellationToken));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        MountTable.Abandon(root);
        try
        {
            await _writer;
        }
        catch (IOException)
        {
            // The file system is gone under it.
        }

        _stop.Dispose();
    }

    private void Write()
    {
        while (!_stop.IsCancellationRequested)
        {
            int number = _written;
            long begun = Environment.TickCount64;
            File.WriteAllText(PathOf(number), Content(number));
            Volatile.Write(ref _longestPause, Math.Max(_longestPause, Environment.TickCount64 - begun));
            Volatile.Write(ref _written, number + 1);
            _ = _stop.Token.WaitHandle.WaitOne(_pause);
        }
    }

    private string PathOf(int number) => Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"file-{number}"));

    private static string Content(int number) => string.Create(CultureInfo.InvariantCulture, $"content of {number}\n");
}
