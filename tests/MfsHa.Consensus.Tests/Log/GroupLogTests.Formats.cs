using MfsHa.Consensus.Commands;
using MfsHa.NodeLink.Formats;
using MfsHa.Storage.RaftLog;
using Xunit;

namespace MfsHa.Consensus.Tests.Log;

// What a follower does not read.
public sealed partial class GroupLogTests
{
    [Fact]
    public async Task An_entry_of_a_format_level_that_is_not_read_is_neither_stored_nor_acknowledged()
    {
        await FollowAsync(1, (1, "a"));
        var header = new string('\0', CommandEntryFormat.HeaderLength - 1);
        var known = new Liar("\u0001" + header, CommandEntryFormat.HeaderLength) { CommandId = (int)RaftEntryKind.Commands };
        var unknown = new Liar("\u0002" + header, CommandEntryFormat.HeaderLength) { CommandId = (int)RaftEntryKind.Commands };

        await Assert.ThrowsAsync<FormatLevelException>(async () => await Log.AppendAsync(Producer([known, unknown]), 2, true, Cancellation));

        Assert.Equal(1, _log.LastIndex);
        var reason = await _formats.Met;
        Assert.Equal("an entry of group 3's log is of format level 2; this release (unnamed) reads format level 1: install a release that reads level 2", reason.Message);
        await ReopenAsync();
        Assert.Equal(1, _log.LastIndex);
    }
}
