using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Sharding;
using Xunit;

namespace MfsHa.Metadata.Tests.Sharding;

public sealed class LockModesTests
{
    private static readonly LockMode[] All = [LockMode.None, LockMode.Place, LockMode.Use, LockMode.Entries, LockMode.Shared, LockMode.Exclusive];

    [Fact]
    public void What_includes_both_is_the_weakest_that_does()
    {
        foreach (var one in All)
        {
            foreach (var other in All)
            {
                var both = one.With(other);
                Assert.True(both.Includes(one) && both.Includes(other), $"{one} {other} {both}");
                Assert.Equal(both, other.With(one));
                Assert.All(All.Where(m => m.Includes(one) && m.Includes(other)), m => Assert.True(m.Includes(both), $"{m} {both}"));
            }
        }
    }

    [Fact]
    public void Who_includes_more_excludes_no_less()
    {
        foreach (var other in All.Skip(1))
        {
            foreach (var (more, less) in All.SelectMany(m => All.Skip(1).Where(l => m.Includes(l)).Select(l => (m, l))))
            {
                Assert.True(!less.Excludes(other) || more.Excludes(other), $"{more} {less} {other}");
            }

            Assert.All(All.Skip(1), m => Assert.Equal(m.Excludes(other), other.Excludes(m)));
        }
    }

    [Fact]
    public void Two_names_of_a_directory_are_held_by_two()
    {
        var locks = new UnitLocks();
        locks.Add(new TransactionId(1, 1), [new UnitLock(7, LockMode.Entries), new UnitLock(7, LockMode.Exclusive, LockKey.HashOf(new Name("a")))]);
        Assert.Null(locks.WhoDenies(new UnitLock(7, LockMode.Entries)));
        Assert.Null(locks.WhoDenies(new UnitLock(7, LockMode.Exclusive, LockKey.HashOf(new Name("b")))));
        Assert.NotNull(locks.WhoDenies(new UnitLock(7, LockMode.Exclusive, LockKey.HashOf(new Name("a")))));
        Assert.NotNull(locks.WhoDenies(new UnitLock(7, LockMode.Shared)));
    }

    [Theory]
    [InlineData(LockMode.Place, true, true, true)]
    [InlineData(LockMode.Use, true, true, false)]
    [InlineData(LockMode.Entries, false, true, false)]
    [InlineData(LockMode.Shared, true, false, false)]
    [InlineData(LockMode.Exclusive, false, false, false)]
    public void What_others_may_do_meanwhile(LockMode held, bool look, bool addEntry, bool change)
    {
        var locks = new UnitLocks();
        locks.Add(new TransactionId(1, 1), [new UnitLock(7, held)]);
        Assert.Equal(look, Record.Exception(() => locks.CheckRead(7, 0, LockMode.Shared)) is null);
        Assert.Equal(addEntry, Record.Exception(() => locks.CheckWrite(7, LockKey.HashOf(new Name("a")), LockMode.Entries, moves: false)) is null);
        Assert.Equal(change, Record.Exception(() => locks.CheckWrite(7, 0, LockMode.Exclusive, moves: false)) is null);
        Assert.IsType<UnitLockedException>(Record.Exception(() => locks.CheckWrite(7, 0, LockMode.Exclusive, moves: true)));
    }
}
