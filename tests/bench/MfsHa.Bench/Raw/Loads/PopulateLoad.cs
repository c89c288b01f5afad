using System.Text;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Bench.Raw.Loads;

/// <summary>A given number of files that nobody has open, over all directories in turn.</summary>
internal sealed class PopulateLoad(IReadOnlyList<uint> directories, string prefix, int count) : RawLoad
{
    private int number;

    public override bool TryWriteNext(ref PacketWriter writer, int slot, uint messageId)
    {
        if (number == count)
        {
            return false;
        }
        var parent = directories[number % directories.Count];
        var name = Encoding.ASCII.GetBytes($"{prefix}-{number++}");
        new MakeNodeRequest(parent, name, NodeType.File, 0x1A4, 0, RawConnection.Root, 0).Write(ref writer, messageId);
        return true;
    }
}
