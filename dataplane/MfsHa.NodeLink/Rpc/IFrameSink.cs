namespace MfsHa.NodeLink.Rpc;

/// <summary>Takes the frames of one connection in order, on the reading task.</summary>
internal interface IFrameSink
{
    /// <summary>
    /// Gives the memory for a frame's payload, at least its length; null to skip the payload and the frame.
    /// Throws <see cref="InvalidDataException"/> to end the connection.
    /// </summary>
    byte[]? Begin(in FrameHeader header);

    /// <summary>Takes a frame whose payload is complete. Nothing more is read until the returned task ends.</summary>
    ValueTask EndAsync(FrameHeader header, byte[] payload);

    /// <summary>Everything that was received has been taken; the reader is about to wait.</summary>
    void Idle();
}
