namespace MfsHa.Replication.Ring;

/// <summary>What follows in a message: a byte before each part. A message ends with its last part.</summary>
internal enum MessagePart : byte
{
    /// <summary>Kind u8, block: the summary of a state.</summary>
    Summary = 1,

    /// <summary>Stream, from (varint), to - from (varint), block: changes of a stream.</summary>
    Piece = 2,

    /// <summary>Stream: it must be read from its beginning.</summary>
    Restart = 3,

    /// <summary>The sender's digest.</summary>
    Digest = 4,

    /// <summary>What members are known to have seen.</summary>
    Knowledge = 5,

    /// <summary>Nothing: there is more than fitted; ask for it.</summary>
    More = 6,

    /// <summary>Count u8, nodes u16: who else gets this message.</summary>
    Targets = 7,
}
