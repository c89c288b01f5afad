using System.Text;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Bench.Raw.Loads;

/// <summary>
/// Each slot moves a file of its own from directory to directory, under a new name every time. Its files are given by
/// the first ones of <paramref name="files"/>: one per slot.
/// </summary>
internal sealed class RenameLoad(IReadOnlyList<uint> directories, IEnumerable<KnownFile> files, string prefix, PeerVersion server) : RawLoad
{
    private readonly KnownFile[] places = [.. files];
    private readonly RenameMode? mode = server.RenameHasMode ? RenameMode.Standard : null;
    private int number;

    public override bool TryWriteNext(ref PacketWriter writer, int slot, uint messageId)
    {
        var from = places[slot];
        var name = Encoding.ASCII.GetBytes($"{prefix}-{number}");
        var to = new KnownFile(directories[number++ % directories.Count], name, from.Inode);
        places[slot] = to;
        new RenameRequest(from.Parent, from.Name, to.Parent, to.Name, RawConnection.Root, mode).Write(ref writer, messageId);
        return true;
    }
}
