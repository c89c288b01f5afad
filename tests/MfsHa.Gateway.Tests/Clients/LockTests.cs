using System.Diagnostics;
using MfsHa.Gateway.Connections;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Tests.Clients;

public sealed class LockTests
{
    [Fact]
    public async Task A_blocking_flock_is_answered_when_the_holder_lets_go()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (holder, waiter, inode) = await OpenTwiceAsync(gateway);
        Assert.Equal(StatusCode.Ok, await holder.StatusAsync(new FlockRequest(inode, 1, 100, FlockCommand.LockExclusive)));
        Assert.Equal(StatusCode.EAgain, await waiter.StatusAsync(new FlockRequest(inode, 1, 200, FlockCommand.TryShared)));
        await waiter.SendAsync(new FlockRequest(inode, 2, 200, FlockCommand.LockShared), 5);
        Assert.Equal(StatusCode.Ok, await waiter.StatusAsync(new AccessRequest(1, Requests.Root, 4), 6));
        var since = Stopwatch.StartNew();
        Assert.Equal(StatusCode.Ok, await holder.StatusAsync(new FlockRequest(inode, 3, 100, FlockCommand.Unlock)));
        var granted = await waiter.ReadAsync();
        Assert.Equal([0, 0, 0, 5, 0], granted.Payload);
        Assert.True(since.ElapsedMilliseconds < 900, $"the grant took {since.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task An_interrupt_ends_the_waiting_request_and_both_are_answered()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (holder, waiter, inode) = await OpenTwiceAsync(gateway);
        Assert.Equal(StatusCode.Ok, await holder.StatusAsync(Posix(inode, 1, 100, PosixLockCommand.Set, PosixLockType.Write)));
        await waiter.SendAsync(Posix(inode, 7, 200, PosixLockCommand.Set, PosixLockType.Write), 5);
        Assert.Equal(StatusCode.Ok, await waiter.StatusAsync(new AccessRequest(1, Requests.Root, 4), 6));
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<MfsHa.Cluster.Routing.WaitForLockRequest>().Any(), "it waits");
        await waiter.SendAsync(Posix(inode, 7, 200, PosixLockCommand.Interrupt, PosixLockType.Write), 6);
        var answers = new[] { await waiter.ReadAsync(), await waiter.ReadAsync() }.ToDictionary(f => f.Payload[3], f => (StatusCode)f.Payload[4]);
        Assert.Equal(StatusCode.EIntr, answers[5]);
        Assert.Equal(StatusCode.Ok, answers[6]);
        await waiter.SendAsync(Posix(inode, 7, 200, PosixLockCommand.Interrupt, PosixLockType.Write), 6);
        Assert.Equal([0, 0, 0, 6, 0], (await waiter.ReadAsync()).Payload);
    }

    [Fact]
    public async Task A_posix_lock_that_is_in_the_way_is_told()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (holder, other, inode) = await OpenTwiceAsync(gateway);
        Assert.Equal(StatusCode.Ok, await holder.StatusAsync(Posix(inode, 1, 100, PosixLockCommand.Try, PosixLockType.Write)));
        var told = await other.CallAsync<PosixLockRequest, PosixLockReply>(Posix(inode, 1, 200, PosixLockCommand.Get, PosixLockType.Read));
        Assert.Equal((PosixLockType.Write, 10ul, 20ul), (told.LockType, told.Start, told.End));
        Assert.Equal(StatusCode.Ok, await holder.StatusAsync(Posix(inode, 1, 100, PosixLockCommand.Set, PosixLockType.Unlock)));
        Assert.Equal(default, await other.CallAsync<PosixLockRequest, PosixLockReply>(Posix(inode, 1, 200, PosixLockCommand.Get, PosixLockType.Read)));
    }

    [Fact]
    public async Task Waiting_locks_take_no_room_from_the_unlock_that_they_wait_for()
    {
        await using var gateway = await TestGateway.StartAsync(limits: new ConnectionLimits { RequestsInWork = 4 });
        var (client, _, inode) = await OpenTwiceAsync(gateway);
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new FlockRequest(inode, 1, 1, FlockCommand.LockExclusive)));
        for (uint owner = 2; owner <= 12; owner++)
        {
            await client.SendAsync(new FlockRequest(inode, owner, owner, FlockCommand.LockShared), owner);
        }

        await client.SendAsync(new FlockRequest(inode, 1, 1, FlockCommand.Unlock), 1);
        var answered = new HashSet<byte>();
        for (var i = 0; i < 12; i++)
        {
            var frame = await client.ReadAsync();
            Assert.Equal(0, frame.Payload[4]);
            Assert.True(answered.Add(frame.Payload[3]));
        }
    }

    [Fact]
    public async Task A_waiter_whose_connection_breaks_is_forgotten_and_its_repetition_waits_anew()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (holder, waiter, inode) = await OpenTwiceAsync(gateway);
        Assert.Equal(StatusCode.Ok, await holder.StatusAsync(new FlockRequest(inode, 1, 100, FlockCommand.LockExclusive)));
        await waiter.SendAsync(new FlockRequest(inode, 2, 200, FlockCommand.LockExclusive), 5);
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<MfsHa.Cluster.Routing.WaitForLockRequest>().Any(), "it waits");
        var session = waiter.SessionId;
        waiter.Dispose();
        await gateway.UntilAsync(() => gateway.Host.Sessions == 1, "gone");
        Assert.Equal(StatusCode.Ok, await holder.StatusAsync(new FlockRequest(inode, 3, 100, FlockCommand.Unlock)));
        using var again = await gateway.ConnectAsync();
        Assert.Equal(StatusCode.Ok, await again.ReconnectAsync(session));
        Assert.Equal(StatusCode.Ok, await holder.StatusAsync(new FlockRequest(inode, 4, 100, FlockCommand.TryExclusive)));
        await again.SendAsync(new FlockRequest(inode, 2, 200, FlockCommand.LockExclusive), 5);
        Assert.Equal(StatusCode.Ok, await holder.StatusAsync(new FlockRequest(inode, 5, 100, FlockCommand.Unlock)));
        Assert.Equal([0, 0, 0, 5, 0], (await again.ReadAsync()).Payload);
    }

    private static PosixLockRequest Posix(uint inode, uint request, ulong owner, PosixLockCommand command, PosixLockType type) =>
        new(inode, request, owner, 4711, command, type, 10, 20);

    private static async Task<(WireClient First, WireClient Second, uint Inode)> OpenTwiceAsync(TestGateway gateway)
    {
        var first = await (await gateway.ConnectAsync()).RegisterAsync();
        var second = await (await gateway.ConnectAsync()).RegisterAsync(WireClient.Version3);
        var file = await first.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        await second.CallAsync<OpenRequest, OpenReply>(new OpenRequest(file.Inode, Requests.Root, OpenFlags.Read | OpenFlags.Write));
        return (first, second, file.Inode);
    }
}
