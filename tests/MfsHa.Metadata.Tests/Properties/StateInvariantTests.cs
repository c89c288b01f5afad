using System.Text;
using CsCheck;
using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;

namespace MfsHa.Metadata.Tests.Properties;

public sealed class StateInvariantTests
{
    private const int Positions = 0;

    [Fact]
    public void Any_sequence_of_operations_leaves_a_consistent_state() =>
        RandomOperation.Generator.List[1, 120].Sample(
            static operations =>
            {
                var shard = new Shard();
                foreach (var operation in operations)
                {
                    operation.ExecuteOn(shard);
                }

                Audit.Check(shard.State);
            },
            iter: 1500);

    [Fact]
    public void What_is_cached_and_when_it_is_written_never_changes_a_result() =>
        Gen.Select(RandomOperation.Generator.List[1, 100], Gen.Int[0, 9], Gen.Int[1, 20]).Sample(
            static (operations, hotEntries, writeEvery) =>
            {
                var whole = new Shard();
                var small = new Shard(hotEntries);
                for (var i = 0; i < operations.Count; i++)
                {
                    var expected = MemoryPackSerializer.Serialize(operations[i].ExecuteOn(whole));
                    var actual = MemoryPackSerializer.Serialize(operations[i].ExecuteOn(small));
                    Assert.Equal(expected, actual);
                    if (i % writeEvery == 0)
                    {
                        small.Write();
                    }
                }

                whole.Write();
                small.Write();
                Assert.Equal(Dump(whole), Dump(small));
            },
            iter: 1500);

    [Fact]
    public void A_state_that_is_opened_again_goes_on_as_if_nothing_had_happened() =>
        Gen.Select(RandomOperation.Generator.List[1, 60], RandomOperation.Generator.List[1, 40]).Sample(
            static (before, after) =>
            {
                var shard = new Shard();
                foreach (var operation in before)
                {
                    operation.ExecuteOn(shard);
                }

                shard.Write();
                var reopened = new Shard(shard);
                foreach (var operation in after)
                {
                    Assert.Equal(
                        MemoryPackSerializer.Serialize(operation.ExecuteOn(shard)),
                        MemoryPackSerializer.Serialize(operation.ExecuteOn(reopened)));
                }
            },
            iter: 500);

    [Fact]
    public void An_answer_without_change_is_the_answer_of_the_command() =>
        RandomOperation.Generator.List[1, 100].Sample(
            static operations =>
            {
                var shard = new Shard();
                foreach (var operation in operations)
                {
                    shard.Now += operation.Seconds;
                    if (operation.CommandFor(shard) is not { } command)
                    {
                        continue;
                    }

                    var context = new OperationContext(shard.Now);
                    var early = shard.Processor.AnswerWithoutChange(command, context);
                    shard.Write();
                    var before = Dump(shard);
                    var reply = shard.Execute(command);
                    shard.Write();
                    if (early is not null)
                    {
                        Assert.Equal(MemoryPackSerializer.Serialize(reply), MemoryPackSerializer.Serialize(early));
                        Assert.Equal(before, Dump(shard));
                    }
                }
            },
            iter: 500);

    /// <summary>All records but the position in the log.</summary>
    private static string Dump(Shard shard)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in shard.Store.Records)
        {
            if (key[2] != Positions)
            {
                text.Append(Convert.ToHexString(key)).Append('=').AppendLine(Convert.ToHexString(value));
            }
        }

        return text.ToString();
    }
}
