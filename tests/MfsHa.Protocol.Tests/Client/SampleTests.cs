using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Client;

public class SampleTests
{
    private static IEnumerable<Samples.Sample> Requests => [.. Samples.Requests, .. Samples.ToolRequests, .. Samples.AdministrationRequests];

    public static TheoryData<int> RequestIndexes => new(Enumerable.Range(0, Requests.Count()));

    public static TheoryData<int> ReplyIndexes => new(Enumerable.Range(0, Samples.Replies.Count()));

    [Theory]
    [MemberData(nameof(RequestIndexes))]
    public void A_request_has_exactly_the_bytes_of_the_format(int index) => AssertBytes(Requests.ElementAt(index));

    [Theory]
    [MemberData(nameof(ReplyIndexes))]
    public void A_reply_has_exactly_the_bytes_of_the_format(int index) => AssertBytes(Samples.Replies.ElementAt(index));

    [Theory]
    [MemberData(nameof(RequestIndexes))]
    public void A_request_survives_parsing_and_writing(int index) =>
        AssertRoundTrip(Requests.ElementAt(index), Codecs.Requests, Versions.V4592);

    [Theory]
    [MemberData(nameof(ReplyIndexes))]
    public void A_reply_survives_parsing_and_writing(int index)
    {
        Samples.Sample sample = Samples.Replies.ElementAt(index);
        AssertRoundTrip(sample, Codecs.Replies, Versions.All.Single(v => sample.What.EndsWith($"to {v}", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_request_is_without_a_sample() =>
        Assert.Empty(Codecs.Requests.Select(c => c.Type).Except(Requests.Select(s => s.Type)));

    [Fact]
    public void No_reply_is_without_a_sample() =>
        Assert.All(Codecs.Replies, codec => Assert.Contains(
            Samples.Replies, sample => sample.What.StartsWith(codec.Name + " ", StringComparison.Ordinal)));

    [Fact]
    public void A_status_reply_is_five_bytes_with_the_answers_number()
    {
        (PacketType type, byte[] payload) = Packets.Write(
            (ref PacketWriter w) => StatusReply.Write(ref w, PacketType.MakeDirectory, 0x0102, StatusCode.EExist));

        Assert.Equal(PacketType.MakeDirectoryReply, type);
        Assert.Equal("0000010205", Convert.ToHexStringLower(payload));
        Assert.True(StatusReply.TryRead(payload, out StatusCode status));
        Assert.Equal(StatusCode.EExist, status);
    }

    [Fact]
    public void Unlink_answers_an_old_client_with_a_status()
    {
        byte[] payload = Packets.Payload((ref PacketWriter w) => new UnlinkReply(7).Write(ref w, 1, Versions.V3074));

        Assert.True(StatusReply.TryRead(payload, out StatusCode status));
        Assert.Equal(StatusCode.Ok, status);
    }

    private static void AssertBytes(Samples.Sample sample)
    {
        (PacketType type, byte[] payload) = Packets.Write(sample.Write);
        Assert.Equal(sample.Type, type);
        Assert.Equal($"{Samples.MessageId:x8}{sample.BodyHex}", Convert.ToHexStringLower(payload));
    }

    private static void AssertRoundTrip(Samples.Sample sample, IEnumerable<Codec> codecs, PeerVersion client)
    {
        byte[] payload = Packets.Payload(sample.Write);
        Codec codec = codecs.Single(c => c.Type == sample.Type && sample.What.StartsWith(c.Name, StringComparison.Ordinal));
        Assert.Equal(Convert.ToHexString(payload), Convert.ToHexString(codec.RoundTrip(payload, client)));
    }
}
