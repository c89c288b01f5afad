using System.Text;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Bench.Raw.Loads;

/// <summary>New empty files, over all directories in turn; what was made is in <see cref="Made"/>.</summary>
internal sealed class CreateLoad(IReadOnlyList<uint> directories, string prefix, PeerVersion version) : RawLoad
{
    private readonly Dictionary<int, (uint Parent, byte[] Name)> asked = [];
    private int number;

    public List<KnownFile> Made { get; } = [];

    public override bool TryWriteNext(ref PacketWriter writer, int slot, uint messageId)
    {
        var parent = directories[number % directories.Count];
        var name = Encoding.ASCII.GetBytes($"{prefix}-{number++}");
        asked[slot] = (parent, name);
        new CreateRequest(parent, name, 0x1A4, 0, RawConnection.Root).Write(ref writer, messageId);
        return true;
    }

    public override void Answered(int slot, ref PacketReader body)
    {
        var (parent, name) = asked[slot];
        Made.Add(new KnownFile(parent, name, CreateReply.Parse(ref body, version).Inode));
    }
}
