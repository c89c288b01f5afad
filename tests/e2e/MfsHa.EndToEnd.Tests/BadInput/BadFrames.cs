using System.Text;

namespace MfsHa.EndToEnd.Tests.BadInput;

/// <summary>Things that a port must not take, by name. After the bytes the sender closes its half of the connection.</summary>
internal static class BadFrames
{
    private const ushort AttackedNode = 1;

    /// <summary>The preface of HTTP/2 (RFC 9113, 3.4) and empty settings.</summary>
    private static readonly byte[] Http2 = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    private static readonly Dictionary<string, byte[]> MooseFs = new()
    {
        ["cut off in the header"] = [0, 0, 1, 0x90, 0],
        ["cut off in the payload"] = [0, 0, 1, 0x90, 0, 0, 0, 65, 1, 2, 3],
        ["oversized"] = Convert.FromHexString("00000190FFFFFFFF0000"),
        ["longer than a stranger's packet may be"] = Convert.FromHexString("0000019000100000"),
        ["unknown type"] = Stranger.Packet(0xFFFF, [0, 0, 0, 1]),
        ["request before registration"] = Stranger.Packet(402, [0, 0, 0, 1]),
        ["chunkserver's report before registration"] = Stranger.Packet(104, new byte[32]),
        ["empty registration"] = Stranger.Packet(400, []),
        ["registration with a count that lies"] = Stranger.Packet(400, [.. new byte[64], 2, 0, 4, 0x71, 12, 0xFF, 0xFF, 0xFF, 0xFF]),
        ["empty registration of a chunkserver"] = Stranger.Packet(100, []),
        ["registration of a chunkserver in a step that is none"] = Stranger.Packet(100, [1, 2, 3]),
        ["registration of a metalogger that ends early"] = Stranger.Packet(50, [1, 0, 4]),
        ["HTTP"] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
        ["noise"] = Noise(1, 64),
        ["more noise"] = Noise(2, 5000),
    };

    private static readonly Dictionary<string, byte[]> Link = new()
    {
        ["cut off in the preface"] = "MH"u8.ToArray(),
        ["wrong magic"] = Preface(magic: "XX"),
        ["wrong version"] = Preface(version: 9),
        ["unknown kind"] = Preface(kind: 'Z'),
        ["oversized preface"] = Preface(length: 60_000),
        ["no sender"] = Preface(sender: 0),
        ["another receiver"] = Preface(receiver: 77),
        ["HTTP"] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
        ["noise"] = Noise(3, 64),
        ["calls: oversized frame"] = [.. Preface(kind: 'C'), .. Convert.FromHexString("FFFFFFFF0100010001000000")],
        ["calls: frame of an unknown kind"] = [.. Preface(kind: 'C'), .. Convert.FromHexString("040000000900010001000000AABBCCDD")],
        ["calls: a reply to nothing"] = [.. Preface(kind: 'C'), .. Convert.FromHexString("040000000300010001000000AABBCCDD")],
        ["calls: noise as an operation"] = [.. Preface(kind: 'C'), .. Frame(method: 1, Noise(4, 300))],
        ["calls: an array longer than its frame"] = [.. Preface(kind: 'C'), .. Frame(method: 8, Convert.FromHexString("08FFFFFF7FFFFFFF7F"))],
        ["calls: cut off in a frame"] = [.. Preface(kind: 'C'), .. Frame(method: 1, Noise(7, 300)).AsSpan(0, 100)],
        ["pings: cut off"] = [.. Preface(kind: 'M'), 1, 2, 3],
        ["raft: a group that is not there"] = Preface(kind: 'R', channel: 999),
        ["raft: noise"] = [.. Preface(kind: 'R', channel: 0), .. Noise(5, 2000)],
    };

    private static readonly Dictionary<string, byte[]> Admin = new()
    {
        ["cut off"] = "GET /hea"u8.ToArray(),
        ["no HTTP"] = "what is this\r\n\r\n"u8.ToArray(),
        ["oversized header"] = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: x\r\nA: {new string('a', 100_000)}\r\n\r\n"),
        ["length that lies"] = "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"u8.ToArray(),
        ["HTTP/2: cut off in the preface"] = "PRI * HTTP"u8.ToArray(),
        ["HTTP/2: oversized frame"] = [.. Http2, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1],
        ["HTTP/2: cut off in a frame"] = [.. Http2, 0, 0, 100, 1, 4, 0, 0, 0, 1, 0x82],
        ["HTTP/2: headers that cannot be decoded"] = [.. Http2, 0, 0, 1, 1, 5, 0, 0, 0, 1, 0xFF],
        ["HTTP/2: noise"] = [.. Http2, .. Noise(8, 200)],
        ["MooseFS"] = Stranger.Packet(400, new byte[65]),
        ["noise"] = Noise(6, 64),
    };

    public static IEnumerable<(int Port, string Kind)> All =>
    [
        .. MooseFs.Keys.Select(static kind => (MooseFsPorts.MetaLogger, kind)),
        .. MooseFs.Keys.Select(static kind => (MooseFsPorts.ChunkServer, kind)),
        .. MooseFs.Keys.Select(static kind => (MooseFsPorts.Client, kind)),
        .. Link.Keys.Select(static kind => (MfsHaNode.LinkPort, kind)),
        .. Admin.Keys.Select(static kind => (MfsHaNode.AdminPort, kind)),
    ];

    public static byte[] Of(int port, string kind) => (port switch
    {
        MfsHaNode.LinkPort => Link,
        MfsHaNode.AdminPort => Admin,
        _ => MooseFs,
    })[kind];

    /// <summary>Random bytes that follow from the seed.</summary>
    public static byte[] Noise(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The first bytes of a connection between nodes (docs of MfsHa.NodeLink/Transport/Preface); this sender is no node of the cluster.</summary>
    public static byte[] Preface(
        string magic = "MH", byte version = 1, char kind = 'C', ushort length = 10, ushort channel = 0, ushort sender = 4711, ushort receiver = AttackedNode)
        =>
        [
            (byte)magic[0], (byte)magic[1], version, (byte)kind, (byte)(length >> 8), (byte)length, (byte)(channel >> 8), (byte)channel,
            (byte)(sender >> 8), (byte)sender, (byte)(receiver >> 8), (byte)receiver, 0, 0, 0, 0,
        ];

    /// <summary>A call to a node, with id 1.</summary>
    public static byte[] Frame(ushort method, ReadOnlySpan<byte> payload)
        => [.. BitConverter.GetBytes(payload.Length), 1, 0, .. BitConverter.GetBytes(method), 1, 0, 0, 0, .. payload];
}
