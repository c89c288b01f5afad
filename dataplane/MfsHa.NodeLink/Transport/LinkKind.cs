namespace MfsHa.NodeLink.Transport;

/// <summary>What a connection between nodes is for; a byte of the preface.</summary>
public enum LinkKind : byte
{
    /// <summary>Messages of one Raft group (the preface's channel is the group).</summary>
    Raft = (byte)'R',

    /// <summary>Pings of the sender and their echoes.</summary>
    Monitor = (byte)'M',

    /// <summary>Calls of the sender and their replies.</summary>
    Rpc = (byte)'C',
}
