using System.Globalization;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Ledger.Faults;

/// <summary>Every fsync and fdatasync of a node takes longer, as on a bad disk (strace injects the delay before the call is made).</summary>
internal sealed class SlowSync : IAsyncDisposable
{
    private static readonly TimeSpan AttachLimit = TimeSpan.FromSeconds(20);

    private readonly ManagedProcess tracer;

    private SlowSync(ManagedProcess tracer) => this.tracer = tracer;

    /// <summary>Returns when every thread of the node is traced.</summary>
    public static async Task<SlowSync> AttachAsync(Host observer, string logFile, MfsHaNode node, TimeSpan delay, CancellationToken cancellation)
    {
        const string calls = "fsync,fdatasync,sync_file_range,msync";
        var microseconds = ((long)delay.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
        var slow = new SlowSync(ManagedProcess.Start(observer, $"strace of node {node.Id}", logFile,
            ["strace", "-f", "-qq", "-p", node.Process.Id.ToString(CultureInfo.InvariantCulture), "-e", $"trace={calls}", "-e", $"inject={calls}:delay_enter={microseconds}"]));
        await Deadline.WaitAsync($"node {node.Id} is traced", AttachLimit, () =>
        {
            slow.tracer.ThrowIfExited();
            return Directory.GetDirectories($"/proc/{node.Process.Id}/task").All(IsTraced);
        }, cancellation);
        return slow;
    }

    public ValueTask DisposeAsync() => tracer.DisposeAsync();

    private static bool IsTraced(string task)
    {
        try
        {
            return !File.ReadLines(Path.Combine(task, "status")).Contains("TracerPid:\t0");
        }
        catch (IOException)
        {
            // The thread has ended meanwhile.
            return true;
        }
    }
}
