using MfsHa.Testbed;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Posix;

// Locks between clients.
public abstract partial class PosixSuite<TPlan>
{
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Flock_excludes_the_other_client_until_it_is_released()
    {
        PosixFile? atA = null, atB = null;
        await OnBothAsync((a, b) =>
        {
            atA = new PosixFile($"{a}/file", OpenFlags.ReadWrite | OpenFlags.Create);
            atB = new PosixFile($"{b}/file", OpenFlags.ReadWrite);
            Assert.True(atA.TryLock(exclusive: true));
            Assert.False(atB.TryLock(exclusive: true));
            Assert.False(atB.TryLock(exclusive: false));
            atA.Unlock();
            Assert.True(atB.TryLock(exclusive: false));
            Assert.True(atA.TryLock(exclusive: false));
            Assert.False(atA.TryLock(exclusive: true));
            atB.Close();
        });
        using (atA)
        {
            // The release that belongs to a close is sent after close() has returned.
            await Deadline.WaitAsync("B's lock is gone with its file", LockLimit, () => atA!.TryLock(exclusive: true), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Posix_locks_exclude_overlapping_ranges_of_the_other_client_only()
    {
        PosixFile? atA = null, atB = null;
        await OnBothAsync((a, b) =>
        {
            atA = new PosixFile($"{a}/file", OpenFlags.ReadWrite | OpenFlags.Create);
            atB = new PosixFile($"{b}/file", OpenFlags.ReadWrite);
            Assert.True(atA.TryLockRange(exclusive: true, 100, 100));
            Assert.False(atB.TryLockRange(exclusive: true, 199, 10));
            Assert.False(atB.TryLockRange(exclusive: false, 0, 0));
            Assert.True(atB.TryLockRange(exclusive: true, 200, 50));
            atA.UnlockRange(150, 50);
            Assert.True(atB.TryLockRange(exclusive: false, 150, 10));
            Assert.False(atB.TryLockRange(exclusive: false, 149, 10));
            Assert.True(atA.TryLockRange(exclusive: false, 150, 10));
            atB.Close();
        });
        using (atA)
        {
            await Deadline.WaitAsync("B's locks are gone with its file", LockLimit, () => atA!.TryLockRange(exclusive: true, 0, 0), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Waiting_for_a_lock_ends_when_the_other_client_gives_it_up()
    {
        PosixFile? atA = null, atB = null;
        await OnBothAsync((a, b) =>
        {
            atA = new PosixFile($"{a}/file", OpenFlags.ReadWrite | OpenFlags.Create);
            atB = new PosixFile($"{b}/file", OpenFlags.ReadWrite);
            Assert.True(atA.TryLock(exclusive: true));
        });
        using (atA)
        using (atB)
        {
            var waiting = Task.Factory.StartNew(() => atB!.Lock(exclusive: true), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
            atA!.Unlock();
            await waiting.WaitAsync(LockLimit, TestContext.Current.CancellationToken);
            Assert.False(atA.TryLock(exclusive: false));
        }
    }
}
