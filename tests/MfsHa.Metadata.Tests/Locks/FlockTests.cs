using CsCheck;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Locks;

public sealed class FlockTests
{
    private readonly Shard shard = new();
    private readonly uint file;

    public FlockTests()
    {
        file = shard.MakeFile(1, "f", mode: 0x1FF);
        foreach (var session in (uint[])[1, 2, 3])
        {
            shard.Run<OpenReply>(new OpenFile(file, OpenFlags.Read, Shard.User(session: session)));
        }
    }

    [Fact]
    public void Shared_locks_go_together_and_exclude_an_exclusive_one()
    {
        Assert.True(Granted(FlockCommand.TryShared, 1));
        Assert.True(Granted(FlockCommand.LockShared, 2));
        Assert.Equal(StatusCode.EAgain, shard.Status(Order(FlockCommand.TryExclusive, 3)));
        Assert.False(Granted(FlockCommand.LockExclusive, 3));

        Assert.True(Granted(FlockCommand.Unlock, 1));
        Assert.Equal([file], shard.State.ReleasedLocks);
        Assert.False(Granted(FlockCommand.LockExclusive, 3));
        Assert.Empty(shard.State.ReleasedLocks);
        Assert.True(Granted(FlockCommand.Release, 2));
        Assert.True(Granted(FlockCommand.LockExclusive, 3));
        Assert.Equal(StatusCode.EAgain, shard.Status(Order(FlockCommand.TryShared, 1)));
        Assert.False(Granted(FlockCommand.LockShared, 1));
    }

    [Fact]
    public void Owners_of_one_session_are_different()
    {
        Assert.True(Granted(FlockCommand.TryExclusive, 1, owner: 1));
        Assert.Equal(StatusCode.EAgain, shard.Status(Order(FlockCommand.TryShared, 1, owner: 2)));
    }

    [Fact]
    public void The_only_holder_changes_its_lock()
    {
        Assert.True(Granted(FlockCommand.TryShared, 1));
        Assert.True(Granted(FlockCommand.TryExclusive, 1));
        Assert.True(Granted(FlockCommand.TryExclusive, 1));
        Assert.True(Granted(FlockCommand.TryShared, 1));
        Assert.Equal([file], shard.State.ReleasedLocks);
        Assert.True(Granted(FlockCommand.TryShared, 2));
        Assert.Equal(StatusCode.EAgain, shard.Status(Order(FlockCommand.TryExclusive, 1)));
        Assert.Equal(2, shard.State.Flocks.Require(file).Holders.Length);
    }

    [Fact]
    public void A_waiting_upgrade_loses_the_shared_lock()
    {
        Assert.True(Granted(FlockCommand.TryShared, 1));
        Assert.True(Granted(FlockCommand.TryShared, 2));

        Assert.False(Granted(FlockCommand.LockExclusive, 1));

        Assert.Equal([file], shard.State.ReleasedLocks);
        Assert.True(Granted(FlockCommand.TryExclusive, 2));
    }

    [Fact]
    public void Only_who_has_the_file_open_may_lock()
    {
        Assert.Equal(StatusCode.NotOpened, shard.Status(Order(FlockCommand.TryShared, 9)));
        Assert.Equal(StatusCode.NotOpened, shard.Status(Order(FlockCommand.Unlock, 9)));
        Assert.Equal(StatusCode.Ok, shard.Status(Order(FlockCommand.Release, 9)));
        Assert.Equal(StatusCode.Ok, shard.Status(Order(FlockCommand.Interrupt, 9)));
        Assert.Equal(StatusCode.EInval, shard.Status(Order((FlockCommand)7, 1)));
    }

    [Fact]
    public void Closing_the_file_releases_locks_of_both_kinds()
    {
        Assert.True(Granted(FlockCommand.TryExclusive, 1));
        shard.Run<LockReply>(new PosixLock { Inode = file, Session = 1, Owner = 5, Pid = 6, Order = PosixLockCommand.Try, Type = PosixLockType.Write, Start = 0, End = 10 });

        shard.Execute(new SyncOpenFiles(1, []));

        Assert.Equal([file, file], shard.State.ReleasedLocks);
        Assert.Empty(shard.State.Flocks.All());
        Assert.Empty(shard.State.PosixLocks.All());
        Assert.True(Granted(FlockCommand.TryExclusive, 2));
        shard.Run<CountReply>(new ReleaseSession(2, 100));
        Assert.Empty(shard.State.Flocks.All());
    }

    [Fact]
    public void Locks_are_listed_posix_and_flock_apart()
    {
        Assert.True(Granted(FlockCommand.TryShared, 1, owner: 7));
        Assert.True(Granted(FlockCommand.TryShared, 2, owner: 8));
        shard.Run<LockReply>(new PosixLock { Inode = file, Session = 1, Owner = 5, Pid = 6, Order = PosixLockCommand.Try, Type = PosixLockType.Write, Start = 3, End = 10 });

        Assert.Equal([new HeldLock(file, 1, 5, 6, 3, 10, true)], shard.Run<LocksReply>(new ListLocks(0, false, 0, 100)).Locks);
        var first = shard.Run<LocksReply>(new ListLocks(0, true, 0, 1));
        Assert.Equal((2, file), (first.Locks.Length, first.LastInode));
        Assert.Empty(shard.Run<LocksReply>(new ListLocks(0, true, first.LastInode, 1)).Locks);
        Assert.Equal([new HeldLock(file, 2, 8, 0, 0, 0, false), new HeldLock(file, 1, 7, 0, 0, 0, false)], shard.Run<LocksReply>(new ListLocks(file, true, 0, 1)).Locks);
    }

    [Fact]
    public void Answers_agree_with_a_naive_model() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[1, 3], Gen.Int[0, 1]).Array[1, 50].Sample(static steps =>
        {
            var test = new FlockTests();
            var held = new Dictionary<(uint, ulong), bool>();
            foreach (var (order, session, owner) in steps)
            {
                var key = ((uint)session, (ulong)owner);
                var command = (FlockCommand)order;
                var exclusive = command is FlockCommand.TryExclusive or FlockCommand.LockExclusive;
                var free = held.All(h => h.Key == key || (!exclusive && !h.Value));
                var reply = test.shard.Execute(test.Order(command, (uint)session, (ulong)owner));
                switch (command)
                {
                    case FlockCommand.Interrupt:
                        break;
                    case FlockCommand.Unlock or FlockCommand.Release:
                        held.Remove(key);
                        break;
                    default:
                        var waits = command is FlockCommand.LockShared or FlockCommand.LockExclusive;
                        Assert.Equal(free, reply is LockReply { Granted: true });
                        Assert.Equal(free || waits, reply.Status == StatusCode.Ok);
                        if (free)
                        {
                            held[key] = exclusive;
                        }
                        else if (waits)
                        {
                            held.Remove(key);
                        }

                        break;
                }

                var actual = test.shard.State.Flocks.Get(test.file)?.Holders.ToDictionary(static h => (h.Session, h.Owner), static h => h.Exclusive) ?? [];
                Assert.Equal(held.OrderBy(static h => h.Key), actual.OrderBy(static h => h.Key));
            }
        }, iter: 300);

    private Flock Order(FlockCommand order, uint session, ulong owner = 0) => new(file, owner, order, session);

    private bool Granted(FlockCommand order, uint session, ulong owner = 0) => shard.Run<LockReply>(Order(order, session, owner)).Granted;
}
