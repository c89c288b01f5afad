using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Bench.Raw.Loads;

/// <summary>Attributes of known files, in random order.</summary>
internal sealed class GetAttributesLoad(IReadOnlyList<KnownFile> files, int seed) : RawLoad
{
    private readonly Random random = new(seed);

    public override bool TryWriteNext(ref PacketWriter writer, int slot, uint messageId)
    {
        new GetAttributesRequest(files[random.Next(files.Count)].Inode, Opened: false, 0, 0).Write(ref writer, messageId);
        return true;
    }
}
