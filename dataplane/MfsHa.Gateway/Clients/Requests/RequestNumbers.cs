namespace MfsHa.Gateway.Clients.Requests;

/// <summary>
/// Numbers the requests of one connection and knows which message ids were used on it: only the first request of a message id may be one that the
/// client repeats from an earlier connection (design.md 8). Used by the reading side alone.
/// </summary>
internal sealed class RequestNumbers
{
    /// <summary>Clients count their threads in 16 bits (client-protocol 1.2).</summary>
    private const uint MessageIds = 1 << 16;

    private const int BitsPerPage = 4096;

    private readonly ulong[]?[] used = new ulong[]?[MessageIds / BitsPerPage];
    private uint last;

    /// <summary>The number that was given last; may be asked from any thread.</summary>
    public uint Last => Volatile.Read(ref last);

    /// <summary>The next number, from 1.</summary>
    /// <exception cref="TimeoutException">All numbers are used: the client must connect anew.</exception>
    public uint Next() => last < uint.MaxValue ? ++last : throw new TimeoutException("this connection has carried 2^32 commands");

    /// <summary>
    /// Notes that a message id is used; true for the first time on this connection. Ids that no client uses are never first: such a request is executed
    /// as a new one.
    /// </summary>
    public bool NoteIsFirst(uint messageId)
    {
        if (messageId >= MessageIds)
        {
            return false;
        }

        var page = used[messageId / BitsPerPage] ??= new ulong[BitsPerPage / 64];
        ref var bits = ref page[messageId % BitsPerPage / 64];
        var bit = 1UL << (int)(messageId % 64);
        var isFirst = (bits & bit) == 0;
        bits |= bit;
        return isFirst;
    }
}
