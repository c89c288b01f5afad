using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Bench.Raw.Loads;

/// <summary>Names of known files, in random order.</summary>
internal sealed class LookupLoad(IReadOnlyList<KnownFile> files, int seed) : RawLoad
{
    private readonly Random random = new(seed);

    public override bool TryWriteNext(ref PacketWriter writer, int slot, uint messageId)
    {
        var file = files[random.Next(files.Count)];
        new LookupRequest(file.Parent, file.Name, RawConnection.Root).Write(ref writer, messageId);
        return true;
    }
}
