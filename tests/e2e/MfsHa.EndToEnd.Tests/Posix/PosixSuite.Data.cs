using System.IO.MemoryMappedFiles;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Posix;

// What is in files.
public abstract partial class PosixSuite<TPlan>
{
    private const long Chunk = 64L << 20;
    private const int Block = 64 << 10;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData((1 << 20) + 3)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(200L << 20)]
    public Task File_written_by_one_client_is_read_whole_by_another(long length) => OnBothAsync((a, b) =>
    {
        Content.WriteFile($"{a}/file", (ulong)length, length);
        Content.AssertFile($"{b}/file", (ulong)length, length);
        P.Unlink($"{b}/file");
    }, $"{nameof(File_written_by_one_client_is_read_whole_by_another)}_{length}");

    [Fact]
    public Task Holes_of_a_sparse_file_read_as_zeros() => OnBothAsync((a, b) =>
    {
        const long far = (3 * Chunk) + 12345;
        using (var file = new PosixFile($"{a}/sparse", OpenFlags.ReadWrite | OpenFlags.Create))
        {
            Content.Write(file, 1, 0, 100);
            Content.Write(file, 1, far, 100);
            file.Truncate(10 * Chunk);
        }
        Assert.Equal(10 * Chunk, P.Stat($"{b}/sparse").Size);
        using var reader = new PosixFile($"{b}/sparse", OpenFlags.Read);
        Content.AssertRange(reader, 1, 0, 100);
        Content.AssertZeros(reader, 100, Block);
        Content.AssertZeros(reader, Chunk - 10, Block);
        Content.AssertRange(reader, 1, far, 100);
        Content.AssertZeros(reader, (10 * Chunk) - 10, 10);
    });

    [Fact]
    public Task Truncated_file_keeps_what_is_left_and_grows_with_zeros() => OnBothAsync((a, b) =>
    {
        Content.WriteFile($"{a}/file", 2, Chunk + 1000);
        P.Truncate($"{a}/file", 500);
        P.Truncate($"{a}/file", 2 * Block);
        using var file = new PosixFile($"{b}/file", OpenFlags.Read);
        Assert.Equal(2 * Block, P.Stat($"{b}/file").Size);
        Content.AssertRange(file, 2, 0, 500);
        Content.AssertZeros(file, 500, (2 * Block) - 500);
    });

    [Fact]
    public Task Overwritten_middle_leaves_the_rest() => OnBothAsync((a, b) =>
    {
        Content.WriteFile($"{a}/file", 3, 3 * Block);
        using (var file = new PosixFile($"{b}/file", OpenFlags.ReadWrite))
        {
            Content.Write(file, 4, Block - 7, 100);
        }
        using var reader = new PosixFile($"{a}/file", OpenFlags.Read);
        Content.AssertRange(reader, 3, 0, Block - 7);
        Content.AssertRange(reader, 4, Block - 7, 100);
        Content.AssertRange(reader, 3, Block + 93, (2 * Block) - 93);
    });

    [Fact]
    public Task Appends_of_two_clients_in_turn_follow_each_other() => OnBothAsync((a, b) =>
    {
        const int rounds = 20, size = 1000;
        for (var round = 0; round < rounds; round++)
        {
            using var file = new PosixFile($"{(round % 2 == 0 ? a : b)}/log", OpenFlags.Write | OpenFlags.Create | OpenFlags.Append);
            file.Append(Content.Bytes(5, size, round * size));
        }
        Content.AssertFile($"{a}/log", 5, rounds * size);
        Content.AssertFile($"{b}/log", 5, rounds * size);
    });

    [Fact]
    public Task Memory_mapped_changes_reach_the_other_client() => OnBothAsync((a, b) =>
    {
        const int length = 3 * Block;
        Content.WriteFile($"{a}/mapped", 6, length);
        using (var map = MemoryMappedFile.CreateFromFile($"{a}/mapped", FileMode.Open, null, length, MemoryMappedFileAccess.ReadWrite))
        using (var view = map.CreateViewAccessor())
        {
            view.WriteArray(Block - 100, Content.Bytes(7, 200, Block - 100), 0, 200);
            view.Flush();
        }
        using var reader = new PosixFile($"{b}/mapped", OpenFlags.Read);
        Content.AssertRange(reader, 6, 0, Block - 100);
        Content.AssertRange(reader, 7, Block - 100, 200);
        Content.AssertRange(reader, 6, Block + 100, length - Block - 100);
    });

    [Fact]
    public Task Synced_data_is_seen_by_another_client_before_the_file_is_closed() => OnBothAsync((a, b) =>
    {
        using var writer = new PosixFile($"{a}/file", OpenFlags.Write | OpenFlags.Create);
        Content.Write(writer, 8, 0, Block + 17);
        writer.Sync();
        Content.AssertFile($"{b}/file", 8, Block + 17);
    });

    [Fact]
    public Task Unlinked_file_lives_as_long_as_it_is_open() => OnBothAsync((a, b) =>
    {
        Content.WriteFile($"{a}/file", 9, 1000);
        using var atA = new PosixFile($"{a}/file", OpenFlags.ReadWrite);
        using var atB = new PosixFile($"{b}/file", OpenFlags.ReadWrite);
        P.Unlink($"{a}/file");
        Assert.False(P.Exists($"{a}/file"));
        Content.AssertRange(atA, 9, 0, 1000);
        Content.AssertRange(atB, 9, 0, 1000);
        Content.Write(atA, 9, 1000, Block);
        atA.Sync();
        Content.AssertRange(atA, 9, 0, 1000 + Block);
    });

    [Fact]
    public Task Replaced_file_stays_readable_for_those_who_have_it_open() => OnBothAsync((a, b) =>
    {
        Content.WriteFile($"{a}/old", 10, 5000);
        Content.WriteFile($"{a}/new", 11, 6000);
        using var reader = new PosixFile($"{b}/old", OpenFlags.Read);
        P.Rename($"{a}/new", $"{a}/old");
        Content.AssertRange(reader, 10, 0, 5000);
        Content.AssertFile($"{a}/old", 11, 6000);
        Assert.False(P.Exists($"{a}/new"));
    });

    [Fact]
    public Task Only_one_of_many_exclusive_creations_succeeds() => OnBothAsync((a, b) =>
    {
        const int rounds = 25;
        for (var round = 0; round < rounds; round++)
        {
            var name = $"file{round}";
            var winners = 0;
            Parallel.ForEach([a, b, a, b], folder =>
            {
                try
                {
                    using var file = new PosixFile($"{folder}/{name}", OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive);
                    Interlocked.Increment(ref winners);
                }
                catch (PosixException e) when (e.Error is Errno.Exists)
                {
                    // One of those who came too late.
                }
            });
            Assert.Equal(1, winners);
        }
    });
}
