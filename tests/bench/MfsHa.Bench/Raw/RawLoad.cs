using MfsHa.Protocol;
using MfsHa.Protocol.Framing;

namespace MfsHa.Bench.Raw;

/// <summary>
/// The requests of one connection, one after the other. A slot is a place for one request in flight, 0 and up; the load may keep
/// state per slot, because the answer comes before the slot's next request.
/// </summary>
internal abstract class RawLoad
{
    /// <summary>Writes the next request of a slot; false if there is none any more.</summary>
    public abstract bool TryWriteNext(ref PacketWriter writer, int slot, uint messageId);

    /// <summary>An answer with data.</summary>
    public virtual void Answered(int slot, ref PacketReader body)
    {
    }

    /// <summary>An answer that is only a status.</summary>
    public virtual void Answered(int slot, StatusCode status)
    {
        if (status != StatusCode.Ok)
        {
            throw new RefusedException($"{GetType().Name}: {status}");
        }
    }
}
