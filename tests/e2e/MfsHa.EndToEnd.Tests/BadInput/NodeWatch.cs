using System.Globalization;

namespace MfsHa.EndToEnd.Tests.BadInput;

/// <summary>Looks at a node from outside: its log, its memory, whether it is still the same process.</summary>
internal sealed class NodeWatch(MfsHaNode node)
{
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(10);

    /// <summary>Messages of one kind that a node logs in <see cref="LogWindow"/>; more are only counted (MfsHa.Node/Logging/RateLimitedSink).</summary>
    private const int LogBurst = 50;

    private static readonly TimeSpan LogWindow = TimeSpan.FromSeconds(10);

    private readonly int process = node.Process.Id;
    private readonly int linesBefore = Lines(node).Length;

    /// <summary>Resident memory now, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{process}/status").First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        }
    }

    /// <summary>What it has logged since this watch began.</summary>
    public IEnumerable<string> NewLines => Lines(node).Skip(linesBefore);

    /// <summary>Waits until the node logs so many messages of one kind, whatever earlier attacks have made it say.</summary>
    public Task WaitForRoomInLogAsync(int messages, CancellationToken cancellation) => Deadline.WaitAsync(
        $"room for {messages} lines",
        2 * LogWindow,
        () => Lines(node).Count(static line => TimeOf(line) is { } time && DateTime.UtcNow - time < LogWindow) <= LogBurst - messages,
        cancellation);

    /// <summary>Waits for a line about a connection, and looks that it is the only one.</summary>
    public async Task AssertOneLineAboutAsync(string connection, string kind, CancellationToken cancellation)
    {
        await Deadline.WaitAsync($"a line about {connection}: {kind}", LogLimit, () => About(connection).Any(), cancellation);
        Assert.True(About(connection).Count() == 1, $"{kind}: more than one line:\n{string.Join('\n', About(connection))}");
    }

    /// <summary>It has not been restarted, and no defect has shown.</summary>
    public void AssertUnharmed()
    {
        node.Process.ThrowIfExited();
        Assert.Equal(process, node.Process.Id);
        Assert.DoesNotContain(NewLines, static line => line.Contains(" ERROR ", StringComparison.Ordinal) || line.Contains(" CRITICAL ", StringComparison.Ordinal));
    }

    /// <summary>New lines about a connection.</summary>
    /// <remarks>The name is followed by something that is no digit, or another port might begin alike.</remarks>
    /// <param name="connection">Its name, the stranger's address and port: which another connection has had if it went to another port of the node, or is gone.</param>
    /// <param name="since">Only lines behind so many new ones.</param>
    public IEnumerable<string> About(string connection, int since = 0) => NewLines.Skip(since).Where(line =>
        line.IndexOf(connection, StringComparison.Ordinal) is var at and >= 0
        && (at + connection.Length == line.Length || !char.IsDigit(line[at + connection.Length])));

    private static DateTime? TimeOf(string line) =>
        line.IndexOf('Z', StringComparison.Ordinal) is var end and > 0
        && DateTime.TryParse(line.AsSpan(0, end + 1), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static string[] Lines(MfsHaNode node)
    {
        using var stream = new FileStream(node.Process.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);

        // What follows the last line end is not yet a line.
        return reader.ReadToEnd().Split('\n')[..^1];
    }
}
