using CsCheck;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Fuzz;

public class FuzzTests
{
    /// <summary>Parsing may take this much memory per payload byte (a list of six-byte entries becomes records)...</summary>
    private const int AllowedBytesPerByte = 100;

    /// <summary>...and this much in any case (exceptions, first-use costs of generics).</summary>
    private const int AllowedBytes = 100_000;

    private static readonly Gen<PeerVersion> s_versions = Gen.Int[0, Versions.All.Length - 1].Select(i => Versions.All[i]);

    public static TheoryData<string> Names => new(Codecs.All.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_payloads_are_parsed_or_malformed_and_nothing_else(string name)
    {
        Codec codec = Find(name);
        Gen.Select(Gen.Byte.Array[0, 200], s_versions).Sample(
            (payload, client) => ParsesOrIsMalformed(codec, payload, client), iter: 2000, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Small_numbers_are_parsed_or_malformed_and_nothing_else(string name)
    {
        // Bytes near 0 and 255 make counts and lengths that just fit or just do not.
        Codec codec = Find(name);
        Gen.Select(Gen.OneOf(Gen.Byte[0, 3], Gen.Byte[250, 255], Gen.Const((byte)0)).Array[0, 120], s_versions).Sample(
            (payload, client) => ParsesOrIsMalformed(codec, payload, client), iter: 2000, threads: 1);
    }

    [Fact]
    public void Good_packets_cut_or_damaged_anywhere_are_parsed_or_malformed_and_nothing_else()
    {
        foreach (Samples.Sample sample in Samples.Requests.Concat(Samples.ToolRequests).Concat(Samples.AdministrationRequests).Concat(Samples.Replies))
        {
            byte[] payload = Packets.Payload(sample.Write);
            foreach (Codec codec in Codecs.All.Where(c => c.Type == sample.Type))
            {
                for (int length = 0; length <= payload.Length; length++)
                {
                    Assert.True(ParsesOrIsMalformed(codec, payload[..length], Versions.V4592));
                }

                for (int position = 0; position < payload.Length; position++)
                {
                    byte[] damaged = [.. payload];
                    damaged[position] ^= 0xFF;
                    Assert.True(ParsesOrIsMalformed(codec, damaged, Versions.V4592));
                }

                Assert.True(ParsesOrIsMalformed(codec, [.. payload, 0], Versions.V4592));
            }
        }
    }

    [Fact]
    public void Random_directory_listings_are_parsed_or_malformed_and_nothing_else() =>
        Gen.Select(Gen.Byte[0, 40].Array[0, 300], Gen.Bool).Sample((payload, withAttributes) => Guarded(payload, () =>
        {
            var reader = new PacketReader(payload);
            Protocol.Client.ReadDirectoryReply.Parse(ref reader, withAttributes, Versions.V4592);
        }));

    [Fact]
    public void Random_check_replies_are_parsed_or_malformed_and_nothing_else() =>
        Gen.Select(Gen.Byte.Array[0, 100], Gen.Enum<Protocol.Client.CheckMode>()).Sample((payload, mode) => Guarded(payload, () =>
        {
            var reader = new PacketReader(payload);
            Protocol.Client.CheckReply.ParseChunk(ref reader, mode);
        }) && Guarded(payload, () =>
        {
            var reader = new PacketReader(payload);
            Protocol.Client.CheckReply.ParseCounts(ref reader, mode);
        }));

    [Fact]
    public void Random_register_replies_are_parsed_or_malformed_and_nothing_else() =>
        Gen.Select(Gen.Byte.Array[0, 80], s_versions).Sample((payload, client) => Guarded(payload, () =>
        {
            var reader = new PacketReader(payload);
            Protocol.Client.RegisterReply.ParseSession(ref reader, client);
        }) && Guarded(payload, () =>
        {
            var reader = new PacketReader(payload);
            Protocol.Client.RegisterReply.ParseMetaSession(ref reader, client);
        }) && Guarded(payload, () =>
        {
            var reader = new PacketReader(payload);
            Protocol.Client.RegisterReply.ParseReconnect(ref reader, client);
        }));

    private static Codec Find(string name) => Codecs.All.First(c => c.Name == name);

    /// <summary>What is parsed must also be written again in full: no byte may be dropped silently.</summary>
    private static bool ParsesOrIsMalformed(Codec codec, byte[] payload, PeerVersion client)
    {
        int written = payload.Length;
        bool within = Guarded(payload, () => written = codec.RoundTrip(payload, client).Length);
        return within && (written == payload.Length || codec.HasShorterForms);
    }

    private static bool Guarded(byte[] payload, Action parse)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            parse();
        }
        catch (MalformedPacketException)
        {
            // What the format forbids must end exactly here; any other exception fails the test.
        }

        return GC.GetAllocatedBytesForCurrentThread() - before <= AllowedBytes + ((long)AllowedBytesPerByte * payload.Length);
    }
}
