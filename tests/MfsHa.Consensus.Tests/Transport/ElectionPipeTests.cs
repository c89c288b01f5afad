using System.IO.Pipelines;
using System.Net;
using System.Reflection;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Consensus.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MfsHa.Consensus.Tests.Transport;

public sealed class ElectionPipeTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(150);
    private readonly FakeTimeProvider _time = new();
    private TimeSpan _turn = TimeSpan.Zero;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ElectionPipe.VoteRequest)]
    [InlineData(ElectionPipe.PreVoteRequest)]
    public async Task A_vote_without_an_answer_ends_the_connection(byte type)
    {
        var connection = await ConnectAsync();
        await connection.Transport.Output.WriteAsync(new byte[] { type, 4, 4 }, Cancellation);
        _time.Advance(Deadline - TimeSpan.FromMilliseconds(1));
        Assert.False(connection.Aborted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(connection.Aborted);
    }

    [Fact]
    public async Task An_append_has_no_deadline_here_whatever_bytes_follow_its_first_one()
    {
        var connection = await ConnectAsync();
        await connection.Transport.Output.WriteAsync(new byte[] { 4, 1, 7 }, Cancellation);
        await connection.Transport.Output.WriteAsync(new byte[] { 1, 1, 7 }, Cancellation); // still the same request
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(connection.Aborted);
    }

    [Fact]
    public async Task An_answered_vote_has_no_deadline_and_the_next_request_is_seen_as_one()
    {
        var connection = await ConnectAsync();
        await connection.Transport.Output.WriteAsync(new byte[] { 7 }, Cancellation);
        await connection.Peer.Output.WriteAsync(new byte[] { 1 }, Cancellation);
        var answer = await connection.Transport.Input.ReadAsync(Cancellation);
        connection.Transport.Input.AdvanceTo(answer.Buffer.End);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(connection.Aborted);
        await connection.Transport.Output.WriteAsync(new byte[] { 1 }, Cancellation);
        _time.Advance(Deadline);
        Assert.True(connection.Aborted);
    }

    [Fact]
    public async Task A_request_for_a_pre_vote_waits_for_its_turn_and_its_deadline_begins_then()
    {
        _turn = TimeSpan.FromMilliseconds(200);
        var connection = await ConnectAsync();
        var written = connection.Transport.Output.WriteAsync(new byte[] { ElectionPipe.PreVoteRequest, 4 }, Cancellation);
        _time.Advance(_turn - TimeSpan.FromMilliseconds(1));
        Assert.False(connection.Peer.Input.TryRead(out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await written;
        Assert.Equal(2, (await connection.Peer.Input.ReadAsync(Cancellation)).Buffer.Length);
        _time.Advance(Deadline - TimeSpan.FromMilliseconds(1));
        Assert.False(connection.Aborted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(connection.Aborted);
    }

    [Theory]
    [InlineData(ElectionPipe.VoteRequest)]
    [InlineData((byte)4)]
    public async Task Other_requests_wait_for_no_turn(byte type)
    {
        _turn = TimeSpan.FromMilliseconds(200);
        var connection = await ConnectAsync();
        await connection.Transport.Output.WriteAsync(new byte[] { type, ElectionPipe.PreVoteRequest }, Cancellation);
        Assert.True(connection.Peer.Input.TryRead(out _));
    }

    [Fact]
    public void The_library_numbers_its_messages_as_assumed()
    {
        var type = typeof(RaftCluster).Assembly.GetType("DotNext.Net.Cluster.Consensus.Raft.NetworkTransport.MessageType", throwOnError: true)!;
        var values = Enum.GetNames(type).ToDictionary(n => n, n => Convert.ToByte(Enum.Parse(type, n), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(ElectionPipe.VoteRequest, values["Vote"]);
        Assert.Equal(ElectionPipe.PreVoteRequest, values["PreVote"]);
        Assert.Equal(4, values["AppendEntries"]);
        Assert.Equal("6.12.0", typeof(RaftCluster).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]);
    }

    private async Task<FakeConnection> ConnectAsync() =>
        (FakeConnection)await new ElectionConnector(new Factory(), Deadline, () => _turn, _time).ConnectAsync(new IPEndPoint(IPAddress.Loopback, 1), Cancellation);

    private sealed class Factory : IConnectionFactory
    {
        public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<ConnectionContext>(new FakeConnection());
    }

    private sealed class FakeConnection : ConnectionContext
    {
        private readonly Pipe _in = new();
        private readonly Pipe _out = new();

        public FakeConnection()
        {
            Transport = new Duplex(_in.Reader, _out.Writer);
            Peer = new Duplex(_out.Reader, _in.Writer);
        }

        public IDuplexPipe Peer { get; }

        public bool Aborted { get; private set; }

        public override string ConnectionId { get; set; } = "test";

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override IDuplexPipe Transport { get; set; }

        public override void Abort() => Aborted = true;

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
