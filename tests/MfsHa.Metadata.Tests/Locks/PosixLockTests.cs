using CsCheck;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Locks;

public sealed class PosixLockTests
{
    private const int Bytes = 24;
    private readonly Shard shard = new();
    private readonly uint file;

    public PosixLockTests()
    {
        file = shard.MakeFile(1, "f", mode: 0x1FF);
        foreach (var session in (uint[])[1, 2])
        {
            shard.Run<OpenReply>(new OpenFile(file, OpenFlags.Read, Shard.User(session: session)));
        }
    }

    [Fact]
    public void Readers_share_and_writers_exclude()
    {
        Assert.True(Granted(1, 1, PosixLockType.Read, 0, 10));
        Assert.True(Granted(2, 1, PosixLockType.Read, 5, 15));
        Assert.Equal(StatusCode.EAgain, shard.Status(Lock(1, 1, PosixLockType.Write, 0, 6)));
        Assert.False(shard.Run<LockReply>(Lock(1, 1, PosixLockType.Write, 0, 6, PosixLockCommand.Set)).Granted);
        Assert.True(Granted(1, 1, PosixLockType.Write, 0, 5));
        Assert.Equal(StatusCode.EAgain, shard.Status(Lock(1, 2, PosixLockType.Read, 4, 5)));
    }

    [Fact]
    public void Get_tells_the_first_lock_in_the_way_and_the_process_only_to_its_session()
    {
        Assert.True(Granted(1, 1, PosixLockType.Read, 0, 10));
        Assert.True(Granted(1, 1, PosixLockType.Write, 20, ulong.MaxValue));

        Assert.Equal(new ConflictReply(1001, PosixLockType.Write, 20, ulong.MaxValue), Get(1, 2, PosixLockType.Read, 0, 30));
        Assert.Equal(new ConflictReply(0, PosixLockType.Read, 0, 10), Get(2, 1, PosixLockType.Write, 9, 30));
        Assert.Equal(ConflictReply.None, Get(2, 1, PosixLockType.Read, 0, 20));
        Assert.Equal(ConflictReply.None, Get(1, 1, PosixLockType.Write, 0, 30));
        Assert.Equal(ConflictReply.None, Get(2, 1, PosixLockType.Unlock, 0, 30));
    }

    [Fact]
    public void Unlocking_reports_a_release_only_if_something_was_held()
    {
        Assert.True(Granted(2, 1, PosixLockType.Unlock, 0, 10));
        Assert.Empty(shard.State.ReleasedLocks);
        Assert.True(Granted(1, 1, PosixLockType.Write, 0, 10));
        Assert.Empty(shard.State.ReleasedLocks);
        Assert.True(Granted(1, 1, PosixLockType.Read, 0, 10));
        Assert.Equal([file], shard.State.ReleasedLocks);
        Assert.True(Granted(1, 1, PosixLockType.Unlock, 0, ulong.MaxValue));
        Assert.Equal([file], shard.State.ReleasedLocks);
        Assert.Empty(shard.State.PosixLocks.All());
    }

    [Fact]
    public void Only_who_has_the_file_open_may_lock()
    {
        Assert.Equal(StatusCode.NotOpened, shard.Status(Lock(9, 1, PosixLockType.Read, 0, 1)));
        Assert.Equal(StatusCode.Ok, shard.Status(Lock(9, 1, PosixLockType.Unlock, 0, 1)));
        Assert.Equal(StatusCode.EInval, shard.Status(Lock(1, 1, PosixLockType.Read, 5, 5)));
        Assert.Equal(StatusCode.EInval, shard.Status(Lock(1, 1, (PosixLockType)3, 0, 5)));
        Assert.Equal(StatusCode.EInval, shard.Status(Lock(1, 1, PosixLockType.Read, 0, 5, PosixLockCommand.Get)));
    }

    [Fact]
    public void Ranges_agree_with_a_map_of_bytes() =>
        Gen.Select(Gen.Int[1, 2], Gen.Int[1, 2], Gen.Int[0, 2], Gen.Int[0, Bytes - 1], Gen.Int[1, Bytes]).Array[1, 60].Sample(static steps =>
        {
            var test = new PosixLockTests();
            var map = new Dictionary<(uint, ulong), PosixLockType[]>();
            foreach (var (session, owner, type, start, length) in steps)
            {
                var key = ((uint)session, (ulong)owner);
                var end = Math.Min(start + length, Bytes);
                var wanted = (PosixLockType)type;
                var conflict = map.Any(m => m.Key != key && Enumerable.Range(start, end - start).Any(
                    b => m.Value[b] != PosixLockType.Unlock && wanted != PosixLockType.Unlock && (wanted == PosixLockType.Write || m.Value[b] == PosixLockType.Write)));

                var get = test.Get((uint)session, (ulong)owner, wanted, (ulong)start, (ulong)end);
                Assert.Equal(conflict, get.Type != PosixLockType.Unlock);
                Assert.Equal(conflict ? StatusCode.EAgain : StatusCode.Ok, test.shard.Status(test.Lock((uint)session, (ulong)owner, wanted, (ulong)start, (ulong)end)));
                if (!conflict)
                {
                    map.TryAdd(key, new PosixLockType[Bytes]);
                    Array.Fill(map[key], wanted, start, end - start);
                }

                test.CheckAgainst(map);
            }
        }, iter: 500);

    private void CheckAgainst(Dictionary<(uint, ulong), PosixLockType[]> map)
    {
        var owners = shard.State.PosixLocks.Get(file)?.Owners ?? [];
        Assert.Equal(
            map.Where(static m => m.Value.Any(static t => t != PosixLockType.Unlock)).Select(static m => m.Key).Order(),
            owners.Select(static o => (o.Session, o.Owner)).Order());
        foreach (var owner in owners)
        {
            var bytes = new PosixLockType[Bytes];
            LockRange? last = null;
            foreach (var range in owner.Ranges)
            {
                Assert.True(range.Start < range.End);
                Assert.True(last is not { } l || l.End < range.Start || (l.End == range.Start && l.Exclusive != range.Exclusive), "ranges overlap or are not merged");
                Array.Fill(bytes, range.Exclusive ? PosixLockType.Write : PosixLockType.Read, (int)range.Start, (int)(range.End - range.Start));
                last = range;
            }

            Assert.Equal(map[(owner.Session, owner.Owner)], bytes);
        }
    }

    private PosixLock Lock(uint session, ulong owner, PosixLockType type, ulong start, ulong end, PosixLockCommand order = PosixLockCommand.Try) => new()
    {
        Inode = file,
        Session = session,
        Owner = owner,
        Pid = (session * 1000) + (uint)owner,
        Order = order,
        Type = type,
        Start = start,
        End = end,
    };

    private ConflictReply Get(uint session, ulong owner, PosixLockType type, ulong start, ulong end) =>
        shard.Run<ConflictReply>(new GetPosixLock(file, session, owner, type, start, end));

    private bool Granted(uint session, ulong owner, PosixLockType type, ulong start, ulong end) =>
        shard.Run<LockReply>(Lock(session, owner, type, start, end)).Granted;
}
