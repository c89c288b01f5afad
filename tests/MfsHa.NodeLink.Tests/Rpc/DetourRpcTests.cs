using System.Text;
using MfsHa.NodeLink.Rpc;
using MfsHa.NodeLink.Tests.Support;
using Xunit;

namespace MfsHa.NodeLink.Tests.Rpc;

public sealed class DetourRpcTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_goes_through_a_third_node_when_the_link_is_broken()
    {
        await using var three = await Triangle.CreateAsync();
        Assert.Equal("1 got hello", await three.CallAsync("hello"));
        three.Break();
        await Eventually.True(() => !three.A.Sees(3), "the broken link is noticed");
        Assert.Equal("2 got hello", await three.CallAsync("hello"));
    }

    [Fact]
    public async Task What_the_called_nodes_handler_throws_comes_back_the_same_way()
    {
        await using var three = await Triangle.CreateAsync();
        three.Break();
        await Eventually.True(() => !three.A.Sees(3), "the broken link is noticed");
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await three.CallAsync("fail"));
        Assert.Contains("as asked", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_down_is_unavailable_and_a_second_call_asks_nobody()
    {
        await using var three = await Triangle.CreateAsync();
        await three.C.DisposeAsync();
        await Eventually.True(() => !three.A.Sees(3) && !three.B.Sees(3), "it is down");
        await Assert.ThrowsAsync<PeerUnavailableException>(async () => await three.CallAsync("hello"));
        await three.B.DisposeAsync();
        var direct = await Assert.ThrowsAsync<PeerUnavailableException>(async () => await three.CallAsync("hello"));
        Assert.DoesNotContain("another node", direct.Message, StringComparison.Ordinal);
    }

    // A and C know each other through relays of their own, so that one link can be broken while the others work.
    private sealed class Triangle : IAsyncDisposable
    {
        private readonly TcpRelay toC;
        private readonly DetourRpc rpc;

        private Triangle(TestNode a, TestNode b, TestNode c, TcpRelay toC, DetourRpc rpc) => (A, B, C, this.toC, this.rpc) = (a, b, c, toC, rpc);

        public TestNode A { get; }

        public TestNode B { get; }

        public TestNode C { get; }

        public static async Task<Triangle> CreateAsync()
        {
            DetourRpc? rpc = null;
            TestNode? a = null, b = null;
            var c = new TestNode(3, handlers: static rpc => rpc.Handle(RpcMethod.Status, static (from, request, _) =>
            {
                var text = Encoding.UTF8.GetString(request.Span);
                return text == "fail" ? throw new InvalidOperationException("as asked") : ValueTask.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes($"{from} got {text}"));
            }));
            b = new TestNode(2, handlers: inner => _ = new DetourRpc(inner, new Later(() => b!.Host.Liveness), new LaterDirectory(() => b!.Directory), TimeProvider.System));
            a = new TestNode(1, handlers: inner => rpc = new DetourRpc(inner, new Later(() => a!.Host.Liveness), new LaterDirectory(() => a!.Directory), TimeProvider.System));
            var toC = new TcpRelay(c.Port);
            await a.MeetAsync(2, b.Port);
            await a.MeetAsync(3, toC.Port);
            await b.MeetAsync(3, c.Port);
            return new Triangle(a, b, c, toC, rpc!);
        }

        public void Break() => toC.Refuse();

        public async Task<string> CallAsync(string text) =>
            Encoding.UTF8.GetString((await rpc.CallAsync(new NodeId(3), RpcMethod.Status, Encoding.UTF8.GetBytes(text), Cancellation)).Span);

        public async ValueTask DisposeAsync()
        {
            await A.DisposeAsync();
            await B.DisposeAsync();
            await C.DisposeAsync();
            await toC.DisposeAsync();
        }
    }

    // The node's own parts are made after its handlers are registered.
    private sealed class Later(Func<IPeerLiveness> liveness) : IPeerLiveness
    {
        public event Action<NodeId, bool>? Changed
        {
            add => liveness().Changed += value;
            remove => liveness().Changed -= value;
        }

        public bool IsAlive(NodeId peer) => liveness().IsAlive(peer);
    }

    private sealed class LaterDirectory(Func<INodeDirectory> directory) : INodeDirectory
    {
        public event Action? Changed
        {
            add => directory().Changed += value;
            remove => directory().Changed -= value;
        }

        public IReadOnlyCollection<NodeAddress> Nodes => directory().Nodes;

        public NodeAddress? Find(NodeId node) => directory().Find(node);
    }
}
