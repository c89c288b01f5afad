using System.Threading.Channels;

namespace MfsHa.Replication.Ring;

/// <summary>Wakes one loop; several wake-ups before its next turn are one.</summary>
internal sealed class Pulse
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => _channel.Writer.TryWrite(true);

    public async ValueTask WaitAsync(CancellationToken cancellation) => await _channel.Reader.ReadAsync(cancellation).ConfigureAwait(false);
}
