using MfsHa.Gateway.Tests.Support;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.MetaLogger;
using MfsHa.Protocol.Tools;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tests.MetaLoggers;

public sealed class MetaLoggerTests
{
    [Theory]
    [InlineData(MetaLoggerRegisterKind.Fresh)]
    [InlineData(MetaLoggerRegisterKind.Resume)]
    public async Task A_metalogger_is_kept_alive_told_that_there_is_no_file_and_listed(MetaLoggerRegisterKind kind)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var metalogger = await WireClient.ConnectAsync(gateway.Host.MetaLoggerEndPoint!);
        await metalogger.SendAsync(new MetaLoggerRegister(kind, WireClient.Version3, 10, 5).Write);
        await metalogger.SendAsync(new DownloadStartRequest(DownloadFile.Metadata).Write);
        var info = await metalogger.ReadAsync();
        Assert.Equal((PacketType.MetaLoggerDownloadInfo, (byte)0xFF), (info.Type, Assert.Single(info.Payload)));
        var nop = await metalogger.ReadAnyAsync();
        Assert.Equal((PacketType.Nop, 0), (nop!.Type, nop.Payload.Length));
        using var tool = await gateway.ConnectAsync();
        await tool.SendAsync((ref writer) => new ToolRequest(null, null).Write(ref writer, PacketType.MetaLoggerList));
        var list = await tool.ReadAsync();
        Assert.Equal("000300EA7F000001", Convert.ToHexString(list.Payload));
    }

    [Fact]
    public async Task A_supervisor_learns_the_state()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var supervisor = await WireClient.ConnectAsync(gateway.Host.MetaLoggerEndPoint!);
        await supervisor.SendAsync(new MetaLoggerRegister(MetaLoggerRegisterKind.Supervisor, WireClient.Version4, 10).Write);
        var frame = await supervisor.ReadAsync();
        Assert.Equal((PacketType.MetaLoggerState, 40), (frame.Type, frame.Payload.Length));
        await supervisor.SendAsync(StoreMetadataRequest.Write);
        Assert.Equal(PacketType.Nop, (await supervisor.ReadAnyAsync())!.Type);
    }

    [Fact]
    public async Task Whatever_else_closes_the_link_with_one_line()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var stranger = await WireClient.ConnectAsync(gateway.Host.MetaLoggerEndPoint!);
        await stranger.SendAsync(new DownloadStartRequest(DownloadFile.Metadata).Write);
        Assert.Null(await stranger.ReadAnyAsync());
        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count > 0, "a line");
        Assert.Single(gateway.Logs.Lines(LogLevel.Information));
    }
}
