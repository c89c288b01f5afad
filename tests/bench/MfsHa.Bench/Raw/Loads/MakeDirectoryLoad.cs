using System.Text;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Bench.Raw.Loads;

/// <summary>New directories, over all directories in turn.</summary>
internal sealed class MakeDirectoryLoad(IReadOnlyList<uint> directories, string prefix) : RawLoad
{
    private int number;

    public override bool TryWriteNext(ref PacketWriter writer, int slot, uint messageId)
    {
        var name = Encoding.ASCII.GetBytes($"{prefix}-{number}");
        new MakeDirectoryRequest(directories[number++ % directories.Count], name, 0x1ED, 0, RawConnection.Root, CopySetGid: false)
            .Write(ref writer, messageId);
        return true;
    }
}
