using MfsHa.Gateway.Tests.Support;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using Microsoft.Extensions.Time.Testing;
using Command = MfsHa.Metadata.Operations.Command;
using SessionDisconnected = MfsHa.Metadata.SystemGroup.SessionDisconnected;
using NoteDelivery = MfsHa.Metadata.Operations.NoteDelivery;

namespace MfsHa.Gateway.Tests.Clients;

/// <summary>A request without an answer is executed once however often it is sent; one with an answer is not mistaken for a repetition.</summary>
public sealed class RepetitionTests : IAsyncDisposable
{
    private const uint Thread = 7;
    private const uint OtherThread = 8;

    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    private readonly TestCluster cluster;
    private readonly List<IAsyncDisposable> open = [];

    public RepetitionTests() => cluster = new TestCluster(clock);

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in open)
        {
            await gateway.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_request_without_an_answer_is_executed_once_and_its_repetition_gets_the_first_answer()
    {
        using var first = await RegisterAsync();
        await LoseAnswerAsync(first);
        using var second = await ResumeAsync(first);
        var repeated = await second.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        Assert.Equal(Inode("once"), repeated.Inode);
        Assert.Equal(StatusCode.EExist, await second.StatusAsync(Requests.MakeDirectory(1, "once"), Thread));
        Assert.Equal(StatusCode.EExist, await second.StatusAsync(Requests.MakeDirectory(1, "once"), OtherThread));
    }

    [Fact]
    public async Task An_answer_that_has_reached_the_clients_host_but_was_not_read_is_given_again()
    {
        using var first = await RegisterAsync();
        await first.SendAsync(Requests.MakeDirectory(1, "once"), Thread);
        await UntilAsync(() => first.Socket.Available > 0, timePasses: false);

        // What a client sends next acknowledges what has reached its host. Closed as mfsmount does it, without a shutdown before.
        await first.SendAsync(static (ref writer) => GenericPackets.WriteNop(ref writer));
        first.Socket.Dispose();
        await UntilAsync(() => cluster.Asked.OfType<SessionDisconnected>().Any(), timePasses: false);
        using var second = await ResumeAsync(first);
        var repeated = await second.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        Assert.Equal(Inode("once"), repeated.Inode);
    }

    [Fact]
    public async Task An_answer_that_was_not_read_before_this_side_broke_the_connection_is_given_again()
    {
        using var first = await RegisterAsync();
        await first.SendAsync(Requests.MakeDirectory(1, "once"), Thread);
        await UntilAsync(() => first.Socket.Available > 0, timePasses: false);

        // What comes next acknowledges it, and is answered after that.
        var arrived = first.Socket.Available;
        await first.SendAsync(Requests.GetAttributes(1), OtherThread);
        await UntilAsync(() => first.Socket.Available > arrived, timePasses: false);
        Assert.Equal(1, open.OfType<TestGateway>().Single().Host.EndSessions("the test breaks it"));
        await UntilAsync(() => cluster.Asked.OfType<SessionDisconnected>().Any(), timePasses: false);
        using var second = await ResumeAsync(first);
        var repeated = await second.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        Assert.Equal(Inode("once"), repeated.Inode);
    }

    [Fact]
    public async Task An_answer_that_was_read_before_the_connection_was_closed_is_not_given_again()
    {
        using var first = await RegisterAsync();
        await first.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        first.Dispose();
        await UntilAsync(() => cluster.Asked.OfType<NoteDelivery>().Any(n => n.Session == first.SessionId && n.Below == 2));
        using var second = await ResumeAsync(first);
        Assert.Equal(StatusCode.EExist, await second.StatusAsync(Requests.MakeDirectory(1, "once"), Thread));
    }

    [Fact]
    public async Task A_request_whose_work_is_undone_is_executed_when_it_comes_again()
    {
        using var first = await RegisterAsync();
        await LoseAnswerAsync(first);
        await RemoveElsewhereAsync();
        using var second = await ResumeAsync(first);
        var again = await second.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        Assert.Equal(Inode("once"), again.Inode);
    }

    [Fact]
    public async Task An_answered_request_that_another_thread_has_undone_is_executed_when_it_comes_again_after_a_reconnect()
    {
        using var first = await RegisterAsync();
        var made = await first.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        await first.CallAsync<RemoveDirectoryRequest, RemoveDirectoryReply>(Requests.RemoveDirectory(1, "once"), OtherThread);

        // Nothing of the first node's knowledge reaches the second but what was in the commands: as if it had died.
        using var second = await ResumeAsync(first);
        var again = await second.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        Assert.NotEqual(made.Inode, again.Inode);
        Assert.Equal(again.Inode, Inode("once"));
    }

    [Fact]
    public async Task An_answered_request_that_another_client_has_undone_is_executed_when_it_comes_again_after_a_reconnect()
    {
        using var first = await RegisterAsync();
        var made = await first.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        await UntilAsync(() => cluster.Asked.OfType<NoteDelivery>().Any(n => n.Session == first.SessionId && n.Below == 2));
        await RemoveElsewhereAsync();
        using var second = await ResumeAsync(first);
        var again = await second.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        Assert.NotEqual(made.Inode, again.Inode);
        Assert.Equal(again.Inode, Inode("once"));
    }

    [Fact]
    public async Task An_answer_that_is_on_its_way_does_not_count_as_arrived_because_later_ones_have_arrived()
    {
        using var first = await RegisterAsync();
        var isStopped = new TaskCompletionSource();
        cluster.BeforeAnswer = o => o is Command { Stamp.Message: Thread } ? isStopped.Task : Task.CompletedTask;
        await first.SendAsync(Requests.MakeDirectory(1, "once"), Thread);
        for (var i = 0; i < 5; i++)
        {
            await first.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, $"other{i}"), OtherThread);
        }

        using var second = await ResumeAsync(first);
        cluster.BeforeAnswer = null;
        var repeated = await second.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "once"), Thread);
        Assert.Equal(Inode("once"), repeated.Inode);
        isStopped.SetResult();
    }

    [Fact]
    public async Task What_comes_long_after_the_reconnect_is_a_new_request()
    {
        using var first = await RegisterAsync();
        await LoseAnswerAsync(first);
        using var second = await ResumeAsync(first);

        // In steps that are shorter than what a client may be silent for.
        for (var i = 0; i < 7; i++)
        {
            await second.CallAsync<GetAttributesRequest, GetAttributesReply>(Requests.GetAttributes(1), OtherThread);
            clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(StatusCode.EExist, await second.StatusAsync(Requests.MakeDirectory(1, "once"), Thread));
    }

    [Fact]
    public async Task Only_the_first_request_of_a_thread_after_the_reconnect_can_be_a_repetition()
    {
        using var first = await RegisterAsync();
        await LoseAnswerAsync(first);
        using var second = await ResumeAsync(first);
        await second.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(1, "once"), Thread);
        Assert.Equal(StatusCode.EExist, await second.StatusAsync(Requests.MakeDirectory(1, "once"), Thread));
    }

    private uint? Inode(string name) => cluster.Namespace.Entries.Get((1, new Metadata.Kernel.Name(name)))?.Inode;

    private async Task<TestGateway> GatewayAsync()
    {
        var gateway = await TestGateway.StartAsync(cluster, clock, node: (ushort)(open.Count + 1));
        open.Add(gateway);
        return gateway;
    }

    private async Task<WireClient> RegisterAsync() => await (await (await GatewayAsync()).ConnectAsync()).RegisterAsync();

    /// <summary>Goes on with the client's session at another node, which knows nothing of the first one but what is in the cluster's state.</summary>
    private async Task<WireClient> ResumeAsync(WireClient former)
    {
        var client = await (await GatewayAsync()).ConnectAsync();
        Assert.Equal(StatusCode.Ok, await client.ReconnectAsync(former.SessionId));
        return client;
    }

    /// <summary>A directory is made, and the connection breaks before the answer is out.</summary>
    private async Task LoseAnswerAsync(WireClient client)
    {
        var isExecuted = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        cluster.BeforeAnswer = o =>
        {
            isExecuted.TrySetResult();
            return o is Command { Stamp.Message: Thread } ? never.Task : Task.CompletedTask;
        };
        await client.SendAsync(Requests.MakeDirectory(1, "once"), Thread);
        await isExecuted.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        cluster.BeforeAnswer = null;
        client.Dispose();
        Assert.NotNull(Inode("once"));
    }

    private async Task RemoveElsewhereAsync()
    {
        using var other = await RegisterAsync();
        await other.CallAsync<RemoveDirectoryRequest, RemoveDirectoryReply>(Requests.RemoveDirectory(1, "once"), 1);
        Assert.Null(Inode("once"));
    }

    /// <summary>Waits until something holds, and lets the time of the tests pass in small steps meanwhile.</summary>
    private async Task UntilAsync(Func<bool> holds, bool timePasses = true)
    {
        for (var attempt = 0; attempt < 1000 && !holds(); attempt++)
        {
            if (timePasses)
            {
                clock.Advance(TimeSpan.FromMilliseconds(attempt % 10 == 0 ? 251 : 1));
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.True(holds());
    }
}
