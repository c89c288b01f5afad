using System.Net;
using System.Net.Sockets;
using MfsHa.NodeLink.Tests.Support;
using MfsHa.NodeLink.Transport;
using MfsHa.Security;
using MfsHa.TestCertificates;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MfsHa.NodeLink.Tests.Security;

/// <summary>Nodes with certificates and tokens, and others that have none, or wrong ones.</summary>
public sealed class SecureLinkTests : IDisposable
{
    private const int PrefaceRefused = 101;
    private const int TooManyStrangers = 105;
    private const int Refused = 117;

    private readonly TestAuthority _authority = new("this cluster's CA");
    private readonly TestAuthority _other = new("another CA");
    private readonly List<CertificateFolder> _folders = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folders.ForEach(static folder => folder.Dispose());
        _authority.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Nodes_with_certificates_and_token_answer_each_other()
    {
        await using var a = Node(1, Secure(_authority, [_authority], "shared"), static rpc => rpc.Handle(RpcMethod.Execute, static (_, request, _) => new(request)));
        await using var b = Node(2, Secure(_authority, [_authority], "shared"));
        await MeetAsync(a, b);
        var request = new byte[3 << 20];
        Random.Shared.NextBytes(request);
        Assert.True((await b.Rpc.CallAsync(a.Id, RpcMethod.Execute, request, Cancellation)).Span.SequenceEqual(request));

        // That this process was held up by others is no news of certificates.
        const int HeldUp = 112;
        Assert.DoesNotContain(a.Log.Entries.Concat(b.Log.Entries), static entry => entry.Level >= LogLevel.Warning && entry.Event != HeldUp);
    }

    [Fact]
    public async Task A_node_of_another_CA_gets_in_nowhere_and_says_why()
    {
        await using var member = Node(1, Secure(_authority, [_authority]));
        await using var intruder = Node(2, Secure(_other, [_other]));
        await AssertShutOutAsync(intruder, member, "certificate");
    }

    [Fact]
    public async Task A_certificate_of_another_CA_is_refused_even_by_who_believes_the_members()
    {
        await using var member = Node(1, Secure(_authority, [_authority]));
        await using var intruder = Node(2, Secure(_other, [_authority, _other]));
        await AssertShutOutAsync(intruder, member, "may not believe this node's certificate");
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_and_its_owner_says_so()
    {
        await using var member = Node(1, Secure(_authority, [_authority]));
        await using var intruder = Node(2, Secure(_authority, [_authority], isExpired: true));
        await AssertShutOutAsync(intruder, member, "NotTimeValid");
    }

    [Fact]
    public async Task Who_speaks_no_TLS_is_told()
    {
        await using var member = Node(1, Secure(_authority, [_authority]));
        await using var intruder = Node(2, PlainLink.Instance);
        await AssertShutOutAsync(intruder, member, "it wants TLS, and this node uses none");
    }

    [Fact]
    public async Task Who_speaks_TLS_where_nobody_does_is_told()
    {
        await using var member = Node(1, PlainLink.Instance);
        await using var intruder = Node(2, Secure(_authority, [_authority]));
        await AssertShutOutAsync(intruder, member, "it may not use TLS");
        Assert.Contains(member.Log.Entries, static entry => entry.Text.Contains("it speaks TLS, and this node does not", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused()
    {
        await using var member = Node(1, Secure(_authority, [_authority], host: "elsewhere.example"));
        await using var caller = Node(2, Secure(_authority, [_authority]));
        caller.Know(1, member.Port);
        await Eventually.True(() => caller.Log.Entries.Any(static entry => entry.Event == Refused && entry.Text.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal)), "it says why");
        Assert.False(caller.Sees(1));
    }

    [Theory]
    [InlineData(false, null, "it wants a token, and this node shows none")]
    [InlineData(false, "wrong", "it does not accept this node's token")]
    [InlineData(true, null, "it wants a token, and this node shows none")]
    [InlineData(true, "wrong", "it does not accept this node's token")]
    public async Task Without_the_right_token_nobody_gets_in(bool isTls, string? token, string reason)
    {
        await using var member = Node(1, isTls ? Secure(_authority, [_authority], "right") : Plain("right"));
        await using var intruder = Node(2, isTls ? Secure(_authority, [_authority], token) : Plain(token));
        // A node that wants no token lets everybody in itself.
        await AssertShutOutAsync(intruder, member, reason, bothWays: token is not null);
        Assert.DoesNotContain(member.Log.Entries.Concat(intruder.Log.Entries), static entry => entry.Text.Contains("right", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(LinkKind.Rpc)]
    [InlineData(LinkKind.Raft)]
    [InlineData(LinkKind.Monitor)]
    public async Task Connections_of_every_kind_need_the_token(LinkKind kind)
    {
        await using var member = Node(1, Plain("right"));
        foreach (var token in new[] { null, "wrong", "" })
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, member.Port, Cancellation);
            await socket.SendAsync((new Preface(kind, 0, new NodeId(2), member.Id, 0) { Token = token }).ToArray(), Cancellation);
            var answer = await ReadToEndAsync(socket);
            Assert.Equal(kind == LinkKind.Monitor ? sizeof(long) : 0, answer.Length);
        }

        await Eventually.True(() => member.Log.Count(PrefaceRefused) == 3, "one line each");
    }

    [Fact]
    public async Task A_CA_is_replaced_while_nodes_run()
    {
        var folders = new[] { Folder(_authority, [_authority]), Folder(_authority, [_authority]) };
        await using var a = Node(1, LinkOf(folders[0]));
        await using (var b = Node(2, LinkOf(folders[1])))
            await MeetAsync(a, b);

        // First both are trusted, then certificates of the new one are used, then the old one is forgotten.
        foreach (var folder in folders)
            folder.Write(trusted: [_authority, _other]);
        folders[1].Write(_other.Issue("node", ["127.0.0.1"]));
        await using (var b = Node(2, LinkOf(folders[1])))
            await MeetAsync(a, b);
        folders[0].Write(_other.Issue("node", ["127.0.0.1"]));
        foreach (var folder in folders)
            folder.Write(trusted: [_other]);
        await using (var b = Node(2, LinkOf(folders[1])))
            await MeetAsync(a, b);
        await using var old = Node(3, Secure(_authority, [_authority, _other]));
        await AssertShutOutAsync(old, a, "may not believe this node's certificate");
    }

    [Fact]
    public async Task A_token_is_replaced_while_nodes_run()
    {
        var tokens = new Dictionary<int, string> { [1] = "old", [2] = "old" };
        await using var a = Node(1, new PlainLink(() => Token(tokens[1])!));
        await using (var b = Node(2, new PlainLink(() => Token(tokens[2])!)))
            await MeetAsync(a, b);
        tokens[1] = "old new";
        tokens[2] = "new old";
        await using (var b = Node(2, new PlainLink(() => Token(tokens[2])!)))
            await MeetAsync(a, b);
        tokens[1] = "new";
        await using var late = Node(3, Plain("old"));
        await AssertShutOutAsync(late, a, "it does not accept this node's token");
    }

    [Fact]
    public async Task Strangers_of_one_address_are_limited_and_go_at_the_deadline()
    {
        await using var member = new TestNode(1, static options => options with { MaxStrangersPerAddress = 3, PrefaceTimeout = TimeSpan.FromMilliseconds(500) }, security: Secure(_authority, [_authority]));
        List<Socket> strangers = [];
        try
        {
            for (var i = 0; i < 5; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                strangers.Add(socket);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, member.Port, Cancellation);
                    await socket.SendAsync(new byte[] { 22, 3 }, Cancellation);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
                {
                    // One too many: closed before it could write, or knew that it is connected.
                }
            }

            await Eventually.True(() => member.Log.Count(TooManyStrangers) == 2, "two are closed at once");
            await Eventually.True(() => member.Log.Count(PrefaceRefused) == 3, "the others at the deadline");
            await using var friend = Node(2, Secure(_authority, [_authority]));
            await MeetAsync(member, friend);
        }
        finally
        {
            strangers.ForEach(static socket => socket.Dispose());
        }
    }

    private static TestNode Node(ushort id, ILinkSecurity security, Action<INodeRpc>? handlers = null) => new(id, handlers: handlers, security: security);

    private static PlainLink Plain(string? token) => new(() => Token(token)!);

    private static SharedToken? Token(string? text) => text is not null && SharedToken.TryParse(text, out var token) ? token : SharedToken.None;

    private static async Task MeetAsync(TestNode a, TestNode b)
    {
        await a.MeetAsync(b.Id.Value, b.Port);
        await b.MeetAsync(a.Id.Value, a.Port);
    }

    /// <summary>Neither sees the other; the intruder says why in one line, the member says that it refused somebody.</summary>
    private static async Task AssertShutOutAsync(TestNode intruder, TestNode member, string reason, bool bothWays = true)
    {
        intruder.Know(member.Id.Value, member.Port);
        await Eventually.True(() => intruder.Log.Count(Refused) > 0, $"the intruder says why; it says {string.Join('\n', intruder.Log.Entries)}");
        await Eventually.True(() => member.Log.Count(PrefaceRefused) > 0, "the member says that it refused somebody");
        var told = intruder.Log.Entries.Where(static entry => entry.Event == Refused).ToList();
        Assert.Contains(reason, told[0].Text, StringComparison.Ordinal);
        Assert.Single(told);
        Assert.False(intruder.Sees(member.Id.Value));
        if (!bothWays)
            return;
        member.Know(intruder.Id.Value, intruder.Port);
        await Eventually.True(() => member.Log.Entries.Any(static entry => entry.Event == 113 || entry.Event == Refused), "the member has tried");
        Assert.False(member.Sees(intruder.Id.Value));
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64];
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancellation) is > 0 and var count)
                all.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            return all.ToArray();
        }

        return all.ToArray();
    }

    private TlsLink Secure(TestAuthority authority, TestAuthority[] trusted, string? token = null, string host = "127.0.0.1", bool isExpired = false)
        => LinkOf(Folder(authority, trusted, host, isExpired), token);

    private static TlsLink LinkOf(CertificateFolder folder, string? token = null)
        => new(new TlsFiles(folder.Authorities, folder.Certificate, folder.Key).Watch(TimeProvider.System), () => Token(token)!);

    private CertificateFolder Folder(TestAuthority authority, TestAuthority[] trusted, string host = "127.0.0.1", bool isExpired = false)
    {
        var folder = new CertificateFolder().Write(authority.Issue("node", [host], isExpired), trusted);
        _folders.Add(folder);
        return folder;
    }
}
