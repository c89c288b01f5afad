namespace MfsHa.NodeLink.Transport;

/// <summary>A connection was refused: thrown by the side that refuses, and by the one that was told.</summary>
public sealed class LinkRefusedException(LinkRefusal refusal, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public LinkRefusal Refusal { get; } = refusal;

    /// <summary>What the side says that was refused.</summary>
    public static LinkRefusedException Told(LinkRefusal refusal) => new(refusal, refusal switch
    {
        LinkRefusal.TlsWanted => "it wants TLS, and this node uses none (MFSHA_TLS_ENABLE)",
        LinkRefusal.TokenMissing => "it wants a token, and this node shows none (MFSHA_AUTH_TOKEN)",
        LinkRefusal.TokenWrong => "it does not accept this node's token (MFSHA_AUTH_TOKEN)",
        _ => $"it refuses this node for a reason that this version does not know ({(long)refusal})",
    });
}
