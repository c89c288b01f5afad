using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Google.Protobuf;
using MfsHa.Admin.Commands;
using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfsHa.Node.Tests.Admin;

/// <summary><c>mfsha-backup</c> and <c>mfsha-admin verify-restore</c>: a backup is whole or not there, and any damage is found and its place named.</summary>
public sealed class BackupCommandTests : IAsyncLifetime
{
    private const int NodeBytes = 3 << 20;
    private readonly FakeCluster _cluster = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mfsha-backup");
    private AdminServer _server = null!;

    private string FileName => Path.Combine(_folder.FullName, "cluster.mfs");

    private string ManifestName => FileName + ".manifest";

    public async ValueTask InitializeAsync() =>
        _server = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, NullLoggerFactory.Instance, AdminGate.Open, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_backup_is_two_files_that_are_whole()
    {
        byte[] file = Send(0xABC);
        (int exitCode, string output, _) = await BackupAsync();
        Assert.Equal(0, exitCode);
        Assert.Contains($"{FileName}.manifest", output, StringComparison.Ordinal);
        Assert.Equal(file, await File.ReadAllBytesAsync(FileName, TestContext.Current.CancellationToken));
        Assert.Equal(2, _folder.GetFiles().Length);
        (exitCode, output, _) = await VerifyAsync();
        Assert.Equal(0, exitCode);
        Assert.StartsWith($"{FileName}: whole\nmetaid 0000000000000ABC, made 2026-01-02 03:04:05Z by mfsha 9.8.7, 2 shards, metadata.mfs of 3.0, version 77\n", output, StringComparison.Ordinal);
        Assert.Contains("sections NODE EDGE", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "bytes 0..1048575 are damaged or missing (section NODE)")]
    [InlineData(1_500_000, "bytes 1048576..2097151 are damaged or missing (section NODE)")]
    [InlineData(NodeBytes + 60, "(section NODE, EDGE)")]
    public async Task A_changed_byte_is_found_and_its_place_named(int place, string told)
    {
        Send(0xABC);
        await BackupAsync();
        await ChangeAsync(FileName, place);
        (int exitCode, string output, _) = await VerifyAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n'), static l => l.StartsWith("bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_byte_of_the_manifest_is_found_wherever_it_is()
    {
        Send(0xABC);
        await BackupAsync();
        byte[] original = await File.ReadAllBytesAsync(ManifestName, TestContext.Current.CancellationToken);
        for (var place = 0; place < original.Length; place++)
        {
            await ChangeAsync(ManifestName, place);
            (int exitCode, string output, _) = await VerifyAsync();
            Assert.True(exitCode == 1, $"byte {place}: {output}");
            await ChangeAsync(ManifestName, place);
        }
    }

    [Theory]
    [InlineData(-1, "it is truncated")]
    [InlineData(-2_000_000, "it is truncated")]
    [InlineData(1, "it is longer")]
    public async Task Another_length_is_told(int change, string told)
    {
        Send(0xABC);
        await BackupAsync();
        await using (var file = new FileStream(FileName, FileMode.Open))
        {
            file.SetLength(file.Length + change);
        }

        (int exitCode, string output, _) = await VerifyAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(told, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metadata_mfs_without_a_manifest_is_no_backup()
    {
        Send(0xABC);
        await BackupAsync();
        File.Delete(ManifestName);
        (int exitCode, string output, _) = await VerifyAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("cannot be read, so", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_no_end_or_is_no_metadata_mfs_leaves_nothing()
    {
        Send(0xABC);
        _cluster.Exported.RemoveAt(_cluster.Exported.Count - 1);
        Assert.Equal(1, (await BackupAsync()).ExitCode);
        Assert.Empty(_folder.GetFiles());
        _cluster.Exported.Clear();
        Send(0xABC, signature: "MFSM 2.1");
        (int exitCode, _, string error) = await BackupAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("is no metadata.mfs", error, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public async Task A_manifest_that_an_interruption_has_left_is_replaced_and_a_backup_never()
    {
        byte[] file = Send(0xABC);
        await File.WriteAllTextAsync(ManifestName, "left over", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await BackupAsync()).ExitCode);
        Assert.Equal(0, (await VerifyAsync()).ExitCode);
        _cluster.Exported.Clear();
        Send(0xDEF);
        (int exitCode, _, string error) = await BackupAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("exists already", error, StringComparison.Ordinal);
        Assert.Equal(file, await File.ReadAllBytesAsync(FileName, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await VerifyAsync()).ExitCode);
    }

    [Fact]
    public async Task Backups_that_are_too_many_or_too_old_go_but_never_the_newest_whole_one_and_none_of_another_name()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string[] names = [.. Enumerable.Range(0, 4).Select(static d => $"c-20260101T00000{d}Z.mfs"), "c-by-hand.mfs", "c-x-20260101T000000Z.mfs"];
        int[] daysOld = [40, 3, 2, 1, 50, 50];
        foreach ((string name, int days) in names.Zip(daysOld))
        {
            _cluster.Exported.Clear();
            Send(0xABC, made: now - TimeSpan.FromDays(days));
            Assert.Equal(0, (await RunAsync("backup", $"--output={Path.Combine(_folder.FullName, name)}", "--format", "3.0", "--host", $"127.0.0.1:{_server.LocalEndPoint.Port}")).ExitCode);
        }

        // The newest is damaged: it counts for nothing, and is left for people to look at.
        await ChangeAsync(Path.Combine(_folder.FullName, names[3]), 100);
        Assert.Equal(0, (await PruneAsync(keep: 2, days: 30)).ExitCode);
        Assert.Equal([names[1], names[2], names[3], names[4], names[5]], Left());
        Assert.Equal(0, (await PruneAsync(keep: 1, days: 1)).ExitCode);
        Assert.Equal([names[2], names[3], names[4], names[5]], Left());
        await ChangeAsync(Path.Combine(_folder.FullName, names[2]), 100);
        (int exitCode, string output, _) = await PruneAsync(keep: 1, days: 1);
        Assert.Equal(1, exitCode);
        Assert.Contains("no whole backup; nothing is deleted", output, StringComparison.Ordinal);
        Assert.Equal(8, _folder.GetFiles().Length);

        Task<(int ExitCode, string Output, string Error)> PruneAsync(int keep, int days) =>
            RunAsync("prune-backups", $"--directory={_folder.FullName}", "--prefix=c-", $"--keep={keep}", $"--keep-days={days}");

        string[] Left() => [.. _folder.GetFiles("*.mfs").Select(static f => f.Name).Order(StringComparer.Ordinal)];
    }

    private static async Task ChangeAsync(string name, int place)
    {
        byte[] bytes = await File.ReadAllBytesAsync(name, TestContext.Current.CancellationToken);
        bytes[place] ^= 1;
        await File.WriteAllBytesAsync(name, bytes, TestContext.Current.CancellationToken);
    }

    private byte[] Send(ulong metaId, string signature = "MFSM 2.0", DateTimeOffset? made = null)
    {
        var file = new MemoryStream();
        file.Write(Encoding.ASCII.GetBytes(signature));
        file.Write(BigEndian(77));
        file.Write(BigEndian(metaId));
        foreach ((string name, int length) in new[] { ("NODE 1.4", NodeBytes), ("EDGE 1.1", 1000) })
        {
            file.Write(Encoding.ASCII.GetBytes(name));
            file.Write(BigEndian((ulong)length));
            file.Write(new byte[length]);
        }

        file.Write("[MFS EOF MARKER]"u8);
        byte[] bytes = file.ToArray();
        var hash = new XxHash3();
        foreach ((int offset, byte[] piece) in bytes.Chunk(1 << 20).Select(static (p, i) => (i << 20, p)))
        {
            hash.Append(BigEndian((ulong)offset));
            hash.Append(piece);
            _cluster.Exported.Add(new ExportedMetadata { Piece = new ExportedPiece { Offset = (ulong)offset, Data = ByteString.CopyFrom(piece) } });
        }

        var end = new ExportedEnd
        {
            Length = (ulong)bytes.Length, Checksum = hash.GetCurrentHashAsUInt64(), MetaId = metaId, Version = 77, Inodes = 1, MfshaVersion = "9.8.7",
            UnixSeconds = (ulong)(made ?? new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)).ToUnixTimeSeconds(), PauseMicroseconds = 1234, Losses = { "something" }, LossCount = 1,
        };
        end.Positions.AddRange([new GroupPosition { Group = 0, Index = 5, Term = 1 }, new GroupPosition { Group = 1, Index = 6, Term = 2 }, new GroupPosition { Group = 2, Index = 7, Term = 3 }]);
        _cluster.Exported.Add(new ExportedMetadata { End = end });
        return bytes;
    }

    private static byte[] BigEndian(ulong number)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    private Task<(int ExitCode, string Output, string Error)> BackupAsync() =>
        RunAsync("backup", $"--output={FileName}", "--format", "3.0", "--host", $"127.0.0.1:{_server.LocalEndPoint.Port}");

    private Task<(int ExitCode, string Output, string Error)> VerifyAsync() => RunAsync("verify-restore", $"--backup={FileName}");

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        return (await AdminCommand.RunAsync(arguments, output, error), output.ToString(), error.ToString());
    }
}
