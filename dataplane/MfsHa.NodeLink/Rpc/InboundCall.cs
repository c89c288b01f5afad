using System.Diagnostics.CodeAnalysis;

namespace MfsHa.NodeLink.Rpc;

/// <summary>One call of a peer while its handler runs. Used again for later calls unless it was cancelled.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without timer holds memory only.")]
internal sealed class InboundCall
{
    private readonly CancellationTokenSource _source = new();

    public FrameHeader Header { get; private set; }

    public byte[] Payload { get; private set; } = [];

    /// <summary>Set, under the connection's lock, by whoever is about to cancel; then the object is not used again.</summary>
    public bool IsDoomed { get; set; }

    public CancellationToken Cancellation => _source.Token;

    public ReadOnlyMemory<byte> Request => Payload.AsMemory(0, (int)Header.PayloadLength);

    public void Begin(FrameHeader header, byte[] payload)
    {
        Header = header;
        Payload = payload;
    }

    public void Cancel() => _source.Cancel();

    /// <summary>False when the object cannot be used again.</summary>
    public bool TryReset() => !IsDoomed && _source.TryReset();
}
