namespace MfsHa.NodeLink.Rpc;

/// <summary>What a frame is; a byte of its header.</summary>
internal enum FrameKind : byte
{
    /// <summary>A call; answered by <see cref="Reply"/> or <see cref="Error"/> of the same id.</summary>
    Request = 1,

    /// <summary>A message without an answer.</summary>
    Post = 2,

    /// <summary>The handler's result.</summary>
    Reply = 3,

    /// <summary>The handler failed; the payload is the reason in UTF-8.</summary>
    Error = 4,

    /// <summary>The caller no longer waits for this id.</summary>
    Cancel = 5,
}
