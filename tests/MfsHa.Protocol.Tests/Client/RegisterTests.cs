using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Client;

public class RegisterTests
{
    private static readonly byte[] s_passcode = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];

    private static readonly SessionParameters s_session = new(
        Versions.V4592, 0x11, 0x2233, SessionFlags.Admin, 0x12, 1, 2, 3, 4, SessionParameters.AllGroups, 1, 9, 0, uint.MaxValue,
        DisabledOperations.Chown | DisabledOperations.SetAcl, 0x4455);

    public static TheoryData<string, int> Requests()
    {
        var data = new TheoryData<string, int>();
        foreach ((string what, _, int length) in All())
        {
            data.Add(what, length);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_has_its_length_and_survives_parsing_and_writing(string what, int length)
    {
        RegisterRequest request = All().Single(r => r.What == what).Request;
        byte[] payload = Packets.Payload(request.Write);
        RegisterRequest parsed = Packets.Read(payload, RegisterRequest.Parse);

        Assert.Equal(length, payload.Length);
        Assert.Equal(request.GetType(), parsed.GetType());
        Assert.Equal(payload, Packets.Payload(parsed.Write));
    }

    [Fact]
    public void Names_of_a_new_session_are_read()
    {
        var parsed = Assert.IsType<NewSessionRegister>(Packets.Read(
            Packets.Payload(NewSession(new SessionClaim(5, 6), s_passcode).Write), RegisterRequest.Parse));

        Assert.Equal("/mnt\0", Packets.Text(parsed.Info));
        Assert.Equal("/", Packets.Text(parsed.Path));
        Assert.Equal(new SessionClaim(5, 6), parsed.Claim);
        Assert.Equal(s_passcode, parsed.Passcode!.Value.ToArray());
        Assert.Equal(Versions.V4566, parsed.Version);
    }

    [Fact]
    public void What_is_absent_is_null()
    {
        var parsed = Assert.IsType<NewSessionRegister>(Packets.Read(Packets.Payload(NewSession(null, null).Write), RegisterRequest.Parse));

        Assert.Null(parsed.Claim);
        Assert.Null(parsed.Passcode);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(20)]
    public void A_tail_of_a_length_between_is_malformed(int tail)
    {
        byte[] payload = [.. Packets.Payload(NewSession(null, null).Write), .. new byte[tail + 1]];

        Assert.Throws<MalformedPacketException>(() => Packets.Read(payload, RegisterRequest.Parse));
    }

    [Fact]
    public void Another_blob_is_malformed()
    {
        byte[] payload = Packets.Payload(new ToolsRegister(1, Versions.V30117).Write);
        payload[3] ^= 1;

        Assert.Throws<MalformedPacketException>(() => Packets.Read(payload, RegisterRequest.Parse));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Another_code_is_malformed(byte code)
    {
        byte[] payload = Packets.Payload(new ToolsRegister(1, Versions.V30117).Write);
        payload[RegisterRequest.Blob.Length] = code;

        Assert.Throws<MalformedPacketException>(() => Packets.Read(payload, RegisterRequest.Parse));
    }

    [Fact]
    public void A_path_without_its_NUL_or_too_long_is_malformed()
    {
        byte[] good = Packets.Payload(NewSession(null, null).Write);
        byte[] unterminated = [.. good[..^1], (byte)'x'];
        byte[] tooLong = Packets.Payload((NewSession(null, null) with { Path = new byte[RegisterRequest.MaxPathLength] }).Write);

        Assert.Throws<MalformedPacketException>(() => Packets.Read(unterminated, RegisterRequest.Parse));
        Assert.Throws<MalformedPacketException>(() => Packets.Read(tooLong, RegisterRequest.Parse));
    }

    [Theory]
    [InlineData("3.0.117", 49)]
    [InlineData("4.56.6", 57)]
    [InlineData("4.57.6", 57)]
    [InlineData("4.59.2", 57)]
    public void A_session_is_told_in_the_clients_shape(string client, int length)
    {
        PeerVersion version = Versions.All.Single(v => v.ToString() == client);
        byte[] payload = Packets.Payload((ref PacketWriter w) => RegisterReply.WriteSession(ref w, s_session, version));
        SessionParameters parsed = Packets.Read(payload, (ref PacketReader r) => RegisterReply.ParseSession(ref r, version));

        Assert.Equal(length, payload.Length);
        SessionParameters expected = version.SclassGroups
            ? s_session with { MinGoal = 0, MaxGoal = 0 }
            : s_session with { StorageClassGroups = 0, MasterProcessId = version.HasMasterProcessId ? s_session.MasterProcessId : 0 };
        Assert.Equal(expected, parsed);
    }

    [Fact]
    public void Groups_are_sent_only_if_the_server_announces_to_know_them()
    {
        SessionParameters older = s_session with { ServerVersion = Versions.V4566 };
        byte[] payload = Packets.Payload((ref PacketWriter w) => RegisterReply.WriteSession(ref w, older, Versions.V4592));
        const int GoalsOffset = 4 + 4 + 8 + 1 + 2 + 16;

        Assert.Equal([1, 9], payload[GoalsOffset..(GoalsOffset + 2)]);
    }

    [Theory]
    [InlineData("3.0.117", 27)]
    [InlineData("4.56.6", 35)]
    [InlineData("4.59.2", 35)]
    public void A_meta_session_is_told_in_the_clients_shape(string client, int length)
    {
        PeerVersion version = Versions.All.Single(v => v.ToString() == client);
        byte[] payload = Packets.Payload((ref PacketWriter w) => RegisterReply.WriteMetaSession(ref w, s_session, version));
        SessionParameters parsed = Packets.Read(payload, (ref PacketReader r) => RegisterReply.ParseMetaSession(ref r, version));

        Assert.Equal(length, payload.Length);
        Assert.Equal((s_session.SessionId, s_session.MetaId, s_session.MaxTrashSeconds), (parsed.SessionId, parsed.MetaId, parsed.MaxTrashSeconds));
    }

    [Theory]
    [InlineData("3.0.74", "23")]
    [InlineData("3.0.117", "00043b0423")]
    [InlineData("4.59.2", "00043b04000000000000445523")]
    public void Reconnecting_is_answered_in_the_clients_shape(string client, string hex)
    {
        PeerVersion version = Versions.All.Single(v => v.ToString() == client);
        byte[] payload = Packets.Payload(
            (ref PacketWriter w) => RegisterReply.WriteReconnect(ref w, Versions.V4592, 0x4455, StatusCode.BadSessionId, version));

        Assert.Equal(hex, Convert.ToHexStringLower(payload));
        Assert.Equal(StatusCode.BadSessionId, Packets.Read(payload, (ref PacketReader r) => RegisterReply.ParseReconnect(ref r, version)).Status);
    }

    [Fact]
    public void Short_answers_are_told_apart_by_length()
    {
        byte[] redirect = Packets.Payload((ref PacketWriter w) => RegisterReply.WriteRedirect(ref w, 0x0A4D0001));
        byte[] status = Packets.Payload((ref PacketWriter w) => RegisterReply.WriteStatus(ref w, StatusCode.EAcces));
        byte[] random = Packets.Payload((ref PacketWriter w) => RegisterReply.WriteRandom(ref w, new byte[RegisterReply.RandomSize]));

        Assert.True(RegisterReply.TryReadRedirect(redirect, out uint ip) && ip == 0x0A4D0001);
        Assert.True(RegisterReply.TryReadStatus(status, out StatusCode code) && code == StatusCode.EAcces);
        Assert.False(RegisterReply.TryReadRedirect(status, out _));
        Assert.False(RegisterReply.TryReadStatus(redirect, out _));
        Assert.Equal(32, random.Length);
    }

    private static NewSessionRegister NewSession(SessionClaim? claim, byte[]? passcode) =>
        new(Versions.V4566, Packets.Bytes("/mnt\0"), Packets.Bytes("/"), claim, passcode is null ? (ReadOnlyMemory<byte>?)null : passcode.AsMemory());

    private static IEnumerable<(string What, RegisterRequest Request, int Length)> All() =>
    [
        ("random", new GetRandomRegister(), 65),
        ("new", NewSession(null, null), 77 + 5 + 2),
        ("new with session", NewSession(new SessionClaim(5, null), null), 77 + 5 + 2 + 4),
        ("new with session and metaid", NewSession(new SessionClaim(5, 6), null), 77 + 5 + 2 + 12),
        ("new with password", NewSession(null, s_passcode), 77 + 5 + 2 + 16),
        ("new with session and password", NewSession(new SessionClaim(5, null), s_passcode), 77 + 5 + 2 + 20),
        ("new with everything", NewSession(new SessionClaim(5, 6), s_passcode), 77 + 5 + 2 + 28),
        ("reconnect", new ReconnectRegister(5, Versions.V30117, null), 73),
        ("reconnect with metaid", new ReconnectRegister(5, Versions.V30117, 6), 81),
        ("tools", new ToolsRegister(5, Versions.V30117), 73),
        ("meta", new NewMetaSessionRegister(Versions.V4592, Packets.Bytes("/m\0"), null, null), 73 + 3),
        ("meta with everything", new NewMetaSessionRegister(Versions.V4592, Packets.Bytes("/m\0"), new SessionClaim(5, 6), s_passcode), 73 + 3 + 28),
        ("close", new CloseSessionRegister(5, null), 69),
        ("close with metaid", new CloseSessionRegister(5, 6), 77),
    ];
}
