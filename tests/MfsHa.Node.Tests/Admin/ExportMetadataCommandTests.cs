using System.Buffers.Binary;
using System.IO.Hashing;
using Google.Protobuf;
using MfsHa.Admin.Commands;
using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfsHa.Node.Tests.Admin;

/// <summary><c>mfsha-admin export-metadata</c> against an admin service that sends what a test says: only what is whole appears as a file.</summary>
public sealed class ExportMetadataCommandTests : IAsyncLifetime
{
    private readonly FakeCluster _cluster = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mfsha-export");
    private AdminServer _server = null!;

    private string FileName => Path.Combine(_folder.FullName, "metadata.mfs");

    public async ValueTask InitializeAsync() =>
        _server = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, NullLoggerFactory.Instance, AdminGate.Open, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_whole_file_appears_with_its_corrections_and_what_it_holds_is_printed()
    {
        Send((0, "0123????"), (8, "89"), (4, "4567"));
        (int exitCode, string output, _) = await RunAsync();
        Assert.Equal(0, exitCode);
        Assert.Equal("0123456789", await File.ReadAllTextAsync(FileName, TestContext.Current.CancellationToken));
        Assert.Equal($"{FileName}: 10 bytes, metaid 0000000000000ABC, version 7: 1 objects, 2 entries, 3 chunks, 4 sessions, 5 chunkservers\nnot kept: something\nnot kept: 2 more of this kind\n", output);
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task Without_its_end_nothing_appears()
    {
        Send((0, "0123"));
        _cluster.Exported.RemoveAt(_cluster.Exported.Count - 1);
        await AssertRefusedAsync(1, "before its end");
    }

    [Fact]
    public async Task With_another_checksum_nothing_appears()
    {
        Send((0, "0123"));
        _cluster.Exported[^1].End.Checksum ^= 1;
        await AssertRefusedAsync(1, "checksum");
    }

    [Fact]
    public async Task With_another_length_nothing_appears()
    {
        Send((0, "0123"));
        _cluster.Exported[^1].End.Length++;
        await AssertRefusedAsync(1, "4 bytes");
    }

    [Theory]
    [InlineData(AdminFailure.Refused, 1)]
    [InlineData(AdminFailure.Unavailable, 2)]
    public async Task A_refusal_in_the_middle_leaves_nothing(AdminFailure failure, int code)
    {
        Send((0, "0123"));
        _cluster.Exported.RemoveAt(_cluster.Exported.Count - 1);
        _cluster.Refusal = new AdminException(failure, "for a reason");
        await AssertRefusedAsync(code, "for a reason");
    }

    [Fact]
    public async Task A_file_that_exists_is_not_replaced()
    {
        Send((0, "0123"));
        await File.WriteAllTextAsync(FileName, "precious", TestContext.Current.CancellationToken);
        (int exitCode, _, string error) = await RunAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("exists already", error, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(FileName, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_said()
    {
        Send((0, "0123"));
        (int exitCode, _, string error) = await RunAsync(Path.Combine(_folder.FullName, "none", "metadata.mfs"));
        Assert.Equal(1, exitCode);
        Assert.Contains("cannot be written", error, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(int code, string why)
    {
        (int exitCode, _, string error) = await RunAsync();
        Assert.Equal(code, exitCode);
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    private void Send(params (ulong Offset, string Text)[] pieces)
    {
        var hash = new XxHash3();
        ulong length = 0;
        foreach ((ulong offset, string text) in pieces)
        {
            var place = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(place, offset);
            ByteString data = ByteString.CopyFromUtf8(text);
            hash.Append(place);
            hash.Append(data.Span);
            length = Math.Max(length, offset + (ulong)data.Length);
            _cluster.Exported.Add(new ExportedMetadata { Piece = new ExportedPiece { Offset = offset, Data = data } });
        }

        _cluster.Exported.Add(new ExportedMetadata
        {
            End = new ExportedEnd
            {
                Length = length, Checksum = hash.GetCurrentHashAsUInt64(), MetaId = 0xABC, Version = 7, Inodes = 1, Entries = 2, Chunks = 3, Sessions = 4, ChunkServers = 5,
                Losses = { "something" }, LossCount = 3,
            },
        });
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string? file = null)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int exitCode = await AdminCommand.RunAsync(
            ["export-metadata", "--output", file ?? FileName, "--format", "3.0", "--host", $"127.0.0.1:{_server.LocalEndPoint.Port}"], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
