using System.Diagnostics;
using Xunit;

namespace MfsHa.NodeLink.Tests.Support;

/// <summary>Polls with a deadline instead of sleeping.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task True(Func<bool> condition, string what, TimeSpan? deadline = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < (deadline ?? Deadline), $"not within {deadline ?? Deadline}: {what}");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }
}
