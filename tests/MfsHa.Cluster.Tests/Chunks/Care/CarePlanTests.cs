using MfsHa.Cluster.Chunks.Care;
using MfsHa.Metadata.StorageClasses;
using Xunit;

namespace MfsHa.Cluster.Tests.Chunks.Care;

public sealed class CarePlanTests
{
    private const ulong GiB = 1UL << 30;
    private const uint Version = 7;
    private static readonly CareRules Balanced = new(Balance: true, 0.01);

    [Fact]
    public void Enough_good_copies_need_nothing() => Assert.Equal(CareStep.None, Decide(Chunk(2, Good(1), Good(2)), Servers(3)).Step);

    [Fact]
    public void Last_copy_is_doubled_first()
    {
        var decision = Decide(Chunk(2, Good(1)), Servers(2));
        Assert.Equal((CareStep.Replicate, CarePriority.Endangered, 1, 2), (decision.Step, decision.Priority, decision.Source, decision.Target));
    }

    [Fact]
    public void Missing_copy_is_made()
    {
        var decision = Decide(Chunk(3, Good(1), Good(2)), Servers(3));
        Assert.Equal((CareStep.Replicate, CarePriority.Undergoal, (ushort)3), (decision.Step, decision.Priority, decision.Target));
    }

    [Fact]
    public void Nothing_is_done_while_a_chunkserver_registers() =>
        Assert.Equal(CareStep.None, Decide(Chunk(1, Good(1), Good(2)), new CareServers(Servers(2).All, isSettled: false)).Step);

    [Fact]
    public void Locked_chunk_waits() => Assert.Equal(CareStep.Later, Decide(Chunk(1, Good(1), Good(2)) with { IsLocked = true }, Servers(2)).Step);

    [Fact]
    public void Fullest_of_too_many_copies_is_condemned_and_the_others_are_confirmed()
    {
        var decision = Decide(Chunk(1, Good(1), Good(2)), With(Servers(2), s => s.Id == 1 ? s with { UsedBytes = 50 * GiB } : s));
        Assert.Equal(CareStep.CondemnCopies, decision.Step);
        Assert.Equal([1], decision.Servers);
        Assert.Equal([2], decision.Keep);
    }

    [Fact]
    public void Copy_on_a_disk_marked_for_removal_is_replaced_and_then_goes()
    {
        var marked = new CopyCase(1, Version, IsMarkedForRemoval: true);
        Assert.Equal(CareStep.Replicate, Decide(Chunk(2, marked, Good(2)), Servers(3)).Step);
        var decision = Decide(Chunk(2, marked, Good(2), Good(3)), Servers(3));
        Assert.Equal(CareStep.CondemnCopies, decision.Step);
        Assert.Equal([1], decision.Servers);
    }

    [Fact]
    public void Wrong_version_goes_only_with_enough_good_copies()
    {
        var wrong = new CopyCase(3, Version - 1);
        Assert.Equal([3], Decide(Chunk(2, Good(1), Good(2), wrong), Servers(3)).Servers);
        var decision = Decide(Chunk(2, Good(1), wrong), Servers(3));
        Assert.Equal((CareStep.Replicate, (ushort)2), (decision.Step, decision.Target));
    }

    [Fact]
    public void Damaged_copy_that_is_in_the_way_goes()
    {
        var decision = Decide(Chunk(2, Good(1), new CopyCase(2, Version, IsDamaged: true)), Servers(2));
        Assert.Equal(CareStep.CondemnCopies, decision.Step);
        Assert.Equal([2], decision.Servers);
        Assert.Equal([1], decision.Keep);
    }

    [Fact]
    public void Copies_of_another_version_are_kept_when_there_is_no_good_one() =>
        Assert.Equal(CareStep.None, Decide(Chunk(1, new CopyCase(1, Version - 3), new CopyCase(2, Version - 4)), Servers(3)).Step);

    [Fact]
    public void Committed_version_that_no_copy_has_is_ordered_again()
    {
        var decision = Decide(Chunk(2, new CopyCase(1, Version - 1), new CopyCase(2, Version - 1)), Servers(2));
        Assert.Equal((CareStep.RaiseCopies, Version - 1), (decision.Step, decision.Version));
        Assert.Equal([1, 2], decision.Servers);
    }

    [Fact]
    public void Version_is_not_healed_with_fewer_copies_unless_the_order_was_unfinished()
    {
        var alone = Chunk(2, new CopyCase(1, Version - 1));
        Assert.Equal(CareStep.None, Decide(alone, Servers(2)).Step);
        Assert.Equal(CareStep.RaiseCopies, Decide(alone with { VersionBeforeWork = Version - 1 }, Servers(2)).Step);
    }

    [Fact]
    public void After_a_write_that_ended_in_doubt_only_copies_are_healed_that_cannot_have_missed_it()
    {
        var chunk = Chunk(2, new CopyCase(1, Version - 1), new CopyCase(2, Version - 1)) with { VersionBeforeWork = Version - 1 };
        Assert.Equal([1, 2], Decide(chunk, Servers(2)).Servers);
        Assert.Equal([2], Decide(chunk with { HealedOnlyAt = [2] }, Servers(2)).Servers);
        Assert.Equal(CareStep.None, Decide(chunk with { HealedOnlyAt = [3] }, Servers(2)).Step);
    }

    [Fact]
    public void Version_is_not_healed_while_an_absent_chunkserver_may_have_a_good_copy()
    {
        var chunk = Chunk(2, new CopyCase(1, Version - 1), new CopyCase(2, Version - 1));
        Assert.Equal(CareStep.None, Decide(chunk, With(Servers(3), static s => s.Id == 3 ? s with { IsPresent = false, HasListing = false } : s)).Step);
        Assert.Equal(CareStep.RaiseCopies, Decide(chunk, With(Servers(3), static s => s.Id == 3 ? s with { IsPresent = false } : s)).Step);
        Assert.Equal(CareStep.None, Decide(chunk with { Copies = [.. chunk.Copies, Good(3)] }, With(Servers(3), static s => s.Id == 3 ? s with { IsPresent = false, IsGone = true } : s)).Step);
    }

    [Fact]
    public void Version_that_copies_are_ahead_by_one_is_adopted()
    {
        var decision = Decide(Chunk(2, new CopyCase(1, Version + 1), new CopyCase(2, Version + 1)), Servers(2));
        Assert.Equal((CareStep.AdoptVersion, Version + 1), (decision.Step, decision.Version));
    }

    [Theory]
    [InlineData(false, false, CareStep.None)]
    [InlineData(true, false, CareStep.Replicate)]
    [InlineData(false, true, CareStep.None)]
    public void Absent_copy_is_replaced_when_it_is_gone_for_good(bool gone, bool maintenance, CareStep expected) => Assert.Equal(
        expected,
        Decide(Chunk(2, Good(1), Good(2)), With(Servers(3), s => s.Id == 2 ? s with { IsPresent = false, IsGone = gone, IsInMaintenance = maintenance } : s)).Step);

    [Fact]
    public void Absent_copies_are_no_reason_to_delete() =>
        Assert.Equal(CareStep.None, Decide(Chunk(1, Good(1), Good(2)), With(Servers(3), static s => s.Id == 2 ? s with { IsPresent = false } : s)).Step);

    [Fact]
    public void Copies_in_maintenance_are_neither_deleted_nor_a_reason_to_delete() =>
        Assert.Equal(CareStep.None, Decide(Chunk(1, Good(1), Good(2)), With(Servers(3), static s => s.Id == 2 ? s with { IsInMaintenance = true } : s)).Step);

    [Fact]
    public void Condemned_copies_do_not_count_and_go()
    {
        var chunk = Chunk(1, Good(1), Good(2)) with { CondemnedAt = [2] };
        var decision = Decide(chunk, Servers(2));
        Assert.Equal(CareStep.Delete, decision.Step);
        Assert.Equal([2], decision.Servers);
        var absent = Decide(chunk, With(Servers(3), static s => s.Id == 2 ? s with { IsPresent = false } : s));
        Assert.Equal(CareStep.None, absent.Step);
        var gone = Decide(Chunk(1, Good(1)) with { CondemnedAt = [2] }, Servers(2));
        Assert.Equal(CareStep.ForgetCopies, gone.Step);
    }

    [Fact]
    public void Unreferenced_chunk_is_condemned_then_deleted_then_forgotten()
    {
        var chunk = Chunk(2, Good(1), new CopyCase(2, Version - 1)) with { References = 0 };
        Assert.Equal(CareStep.Condemn, Decide(chunk, Servers(2)).Step);
        Assert.Equal([1, 2], Decide(chunk with { IsCondemned = true }, Servers(2)).Servers);
        Assert.Equal(CareStep.Forget, Decide(chunk with { IsCondemned = true, Copies = [] }, Servers(2)).Step);
        Assert.Equal(CareStep.None, Decide(chunk with { IsCondemned = true, Copies = [] }, With(Servers(2), static s => s.Id == 2 ? s with { IsPresent = false } : s)).Step);
    }

    [Fact]
    public void Chunks_with_parts_are_left_alone() =>
        Assert.Equal(CareStep.None, Decide(Chunk(1, Good(1), Good(2)) with { HasParts = true, References = 0 }, Servers(2)).Step);

    [Fact]
    public void Limits_make_a_chunk_wait()
    {
        Assert.Equal((CareStep.Blocked, CarePriority.Endangered), Blocked(Chunk(2, Good(1))));
        Assert.Equal((CareStep.Blocked, CarePriority.Deletion), Blocked(Chunk(1, Good(1)) with { References = 0, IsCondemned = true }));

        static (CareStep, CarePriority) Blocked(ChunkCase chunk)
        {
            var decision = CarePlan.Decide(chunk, Servers(2), new NoLimits(false), Balanced);
            return (decision.Step, decision.Priority);
        }
    }

    [Fact]
    public void Copy_without_a_label_is_moved()
    {
        byte[] labelA = [0xC0];
        var wanted = new WantedCopies([labelA, []], LabelsMode.Standard, 0);
        var servers = With(Servers(3), static s => s.Id == 3 ? s with { Labels = 1 } : s);
        var move = Decide(Chunk(2, Good(1), Good(2)) with { Wanted = wanted }, servers);
        Assert.Equal((CareStep.Replicate, CarePriority.WrongLabels, (ushort)3), (move.Step, move.Priority, move.Target));
        var surplus = Decide(Chunk(2, Good(1), Good(2), Good(3)) with { Wanted = wanted }, servers);
        Assert.Equal(CareStep.CondemnCopies, surplus.Step);
        Assert.DoesNotContain((ushort)3, surplus.Servers);
    }

    [Fact]
    public void Strict_labels_take_no_other_chunkserver()
    {
        byte[] labelA = [0xC0];
        var servers = With(Servers(2), static s => s.Id == 1 ? s with { Labels = 1 } : s);
        var wanted = new WantedCopies([labelA, labelA], LabelsMode.Strict, 0);
        Assert.Equal(CareStep.None, Decide(Chunk(2, Good(1)) with { Wanted = wanted }, servers).Step);
        Assert.Equal(CareStep.Replicate, Decide(Chunk(2, Good(1)) with { Wanted = wanted with { Strictness = LabelsMode.Standard } }, servers).Step);
    }

    [Fact]
    public void Copies_on_one_address_are_parted()
    {
        var wanted = new WantedCopies([[], []], LabelsMode.Standard, WantedCopies.UniqueAddress);
        var servers = With(Servers(3), static s => s with { Address = s.Id == 3 ? 2u : 1u });
        Assert.Equal((ushort)3, Decide(Chunk(2, Good(1), Good(2)) with { Wanted = wanted }, servers).Target);
    }

    [Fact]
    public void Full_chunkserver_gives_to_an_empty_one()
    {
        var servers = With(Servers(2), static s => s.Id == 1 ? s with { UsedBytes = 90 * GiB } : s);
        var decision = Decide(Chunk(1, Good(1)), servers);
        Assert.Equal((CareStep.Replicate, CarePriority.Balance, ReplicationKind.FarBalance), (decision.Step, decision.Priority, decision.Kind));
        Assert.Equal(CareStep.None, CarePlan.Decide(Chunk(1, Good(1)), servers, new NoLimits(), new CareRules(false, 0.01)).Step);
        var victim = Decide(Chunk(1, Good(1), Good(2)), servers);
        Assert.Equal([1], victim.Servers);
    }

    [Fact]
    public void Erasure_coding_is_kept_as_copies_that_stand_as_many_losses()
    {
        var record = StorageClassRecord.Goal(2) with { Archive = new StorageMode { Labels = [[]], ErasureCoding = 0x82 } };
        Assert.Equal(3, WantedCopies.OfExisting(record, archived: true, uniqueAddresses: false)!.Count);
        Assert.Equal(2, WantedCopies.OfExisting(record, archived: false, uniqueAddresses: false)!.Count);
    }

    private static CareDecision Decide(ChunkCase chunk, CareServers servers) => CarePlan.Decide(chunk, servers, new NoLimits(), Balanced);

    private static CopyCase Good(ushort server) => new(server, Version);

    private static ChunkCase Chunk(int wanted, params CopyCase[] copies) => new(4711, Version) { Wanted = WantedCopies.Anywhere(wanted), Copies = copies };

    private static CareServers Servers(int count) =>
        new(Enumerable.Range(1, count).Select(static i => new CareServer((ushort)i) { Address = (uint)i, TotalBytes = 100 * GiB, UsedBytes = 10 * GiB }), isSettled: true);

    private static CareServers With(CareServers servers, Func<CareServer, CareServer> change) => new(servers.All.Select(change), servers.IsSettled);
}
