using System.Globalization;
using MfsHa.Protocol.Tests.Support;

namespace MfsHa.Protocol.Tests.Golden;

/// <summary>One recorded packet.</summary>
/// <param name="ToMaster">False: from the master.</param>
/// <param name="Payload">All bytes after the header.</param>
internal sealed record GoldenPacket(bool ToMaster, PacketType Type, byte[] Payload);

/// <summary>A request and its answer, or a packet that stands alone.</summary>
/// <param name="Work">What was being done when it was recorded.</param>
internal sealed record GoldenExchange(string Work, IReadOnlyList<GoldenPacket> Packets)
{
    public GoldenPacket? Request => Packets[0].ToMaster ? Packets[0] : null;

    public GoldenPacket? Reply => Packets[^1].ToMaster ? null : Packets[^1];

    public override string ToString() => $"{Work}: {string.Join(", ", Packets.Select(p => $"{p.Type} {Convert.ToHexStringLower(p.Payload)}"))}";
}

/// <summary>Packets of real programs, recorded by Recording/record.sh.</summary>
internal sealed record GoldenFile(string Name, string Program, PeerVersion Peer, PeerVersion Master, IReadOnlyList<GoldenExchange> Exchanges)
{
    /// <summary>The version whose shapes replies have: an older master writes the shapes it knows.</summary>
    public PeerVersion ReplyShape => Peer < Master ? Peer : Master;

    public static IEnumerable<string> Names(string program) => Directory
        .EnumerateFiles(Folder, $"{program}-*.txt")
        .Select(path => Path.GetFileName(path))
        .Order(StringComparer.Ordinal);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden");

    public static IEnumerable<GoldenFile> All(string program) => Names(program).Select(Load);

    public static GoldenFile Load(string name)
    {
        string[] parts = Path.GetFileNameWithoutExtension(name).Split('-', StringSplitOptions.None);
        PeerVersion master = Parse(parts[2]);
        PeerVersion peer = Parse(parts[1][..parts[1].LastIndexOf('.')]);
        var exchanges = new List<GoldenExchange>();
        string work = string.Empty;
        var packets = new List<GoldenPacket>();
        foreach (string line in File.ReadLines(Path.Combine(Folder, name)).Append(string.Empty))
        {
            if (line.StartsWith('#'))
            {
                work = line[2..];
            }
            else if (line.Length > 0)
            {
                packets.Add(ParsePacket(line));
            }
            else if (packets.Count > 0)
            {
                exchanges.Add(new(work, [.. packets]));
                packets.Clear();
            }
        }

        return new(name, parts[0], peer, master, exchanges);
    }

    private static PeerVersion Parse(string text) => Versions.All.Single(v => v.ToString() == text);

    private static GoldenPacket ParsePacket(string line)
    {
        string[] fields = line.Split(' ');
        var type = (PacketType)uint.Parse(fields[1], CultureInfo.InvariantCulture);
        return new(fields[0] == ">", type, fields.Length > 2 ? Convert.FromHexString(fields[2]) : []);
    }
}
