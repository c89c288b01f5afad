namespace MfsHa.NodeLink.Transport;

/// <summary>
/// Why a connection between nodes is refused, as it is told to whoever opened it: 8 bytes, little-endian, in the place of a ping's echo. Echoes are never negative, and
/// a node opens no connection of another kind to one that does not answer its pings. A number is never used for something else.
/// </summary>
public enum LinkRefusal : long
{
    /// <summary>It did not begin with TLS.</summary>
    TlsWanted = -1,

    /// <summary>Its preface shows no token.</summary>
    TokenMissing = -2,

    /// <summary>Its preface shows another token.</summary>
    TokenWrong = -3,

    /// <summary>It does not read the format level that the refusing node writes at. That level is in the number above the lower 16 bits, and the refusing node's release follows: length u8, text.</summary>
    FormatLevel = -4,
}
