using System.Diagnostics;
using System.Globalization;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Client;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tests.Manual;

/// <summary>Unmodified mfscli programs against a gateway.</summary>
public sealed class RealToolsTests
{
    public static TheoryData<string> Programs => new(
        "/usr/bin/mfscli",
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "mfsha", "moosefs-4", "usr", "bin", "mfscli"));

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Every_section_is_shown(string program)
    {
        Assert.SkipUnless(File.Exists(program), $"needs {program}");
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync(chunks: new ChunkReport(1, 1, false));
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var directory = await client.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "folder"));
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(directory.Inode, "file"));
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new FlockRequest(file.Inode, 1, 77, FlockCommand.TryExclusive)));
        await client.CallAsync<QuotaControlRequest, QuotaControlReply>(
            new QuotaControlRequest(directory.Inode, QuotaFlags.HardInodes, new QuotaSetting(0, default, new QuotaLimits(4711, 0, 0, 0))));
        var output = string.Empty;
        foreach (var section in (string[])["MS", "MO", "CS", "EX", "OF", "AL", "QU", "IN", "MU", "MB", "SC", "RS"])
        {
            var (code, text) = await RunAsync(program, gateway, $"-S{section}");
            Assert.Equal((section, 0), (section, code));
            output += text;
            await client.SendAsync(static (ref writer) => GenericPackets.WriteNop(ref writer));
            await server.SendAsync(ChunkServerNop.Write);
        }

        string[] lines =
        [
            "active mounts, parameters:\t1\tlocalhost\t/mnt/test", "active mounts, operations:\tlocalhost\t/mnt/test", "chunk servers:\t10.0.0.1\t9422\t1\tA,C\t4.56.6",
            "exports:\t10.0.0.0\t10.255.255.255\t/some", "open file:\t1\tlocalhost\t/mnt/test\t3\tfolder/file", "FLOCK\t77\t-1\t0\tEOF\tWRITE(EXCLUSIVE)",
            "active quotas:\t/folder\tno\t604800\t-\t-\t-\t-\t-\t4711", "master version\t4.56.6", "total space\t1000", "all fs objects\t3",
        ];
        Assert.All(lines, line => Assert.Contains(line, output, StringComparison.Ordinal));
        Assert.Empty(gateway.Logs.Lines(LogLevel.Warning));
    }

    private static async Task<(int Code, string Text)> RunAsync(string program, TestGateway gateway, params string[] arguments)
    {
        var port = gateway.Host.ClientEndPoint!.Port.ToString(CultureInfo.InvariantCulture);
        using var tool = Process.Start(new ProcessStartInfo(program, ["-H", "127.0.0.1", "-P", port, "-p", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var errors = tool.StandardError.ReadToEndAsync(limit.Token);
        var output = await tool.StandardOutput.ReadToEndAsync(limit.Token);
        await tool.WaitForExitAsync(limit.Token);
        return (tool.ExitCode, output + await errors);
    }
}
