using System.Diagnostics;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>
/// When the services know the times of what was read and written. A client keeps those times and reports them once a second (mfsclient/mastercomm.c:
/// fs_send_amtime_inodes), and shows them itself from the beginning. Until then what the service knows, which is what other clients see and what a
/// snapshot copies, depends on the moment: two mfsmasters differ in it, too.
/// </summary>
internal sealed class TimeReports
{
    /// <summary>A second, and as much again for a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private long last = Stopwatch.GetTimestamp();

    /// <summary>Something has been read or written.</summary>
    public void Expect() => last = Stopwatch.GetTimestamp();

    /// <summary>Waits until all that was read and written has been reported.</summary>
    public async Task ArrivedAsync()
    {
        var left = Limit - Stopwatch.GetElapsedTime(last);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left).ConfigureAwait(false);
        }
    }
}
