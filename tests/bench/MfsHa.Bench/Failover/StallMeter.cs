using System.Diagnostics;
using MfsHa.Bench.Raw;
using MfsHa.Protocol.Framing;

namespace MfsHa.Bench.Failover;

/// <summary>Passes the requests of another load on and remembers the longest time between two answers.</summary>
internal sealed class StallMeter(RawLoad load) : RawLoad
{
    private readonly Stopwatch sinceAnswer = Stopwatch.StartNew();

    public TimeSpan Longest { get; private set; }

    public override bool TryWriteNext(ref PacketWriter writer, int slot, uint messageId) => load.TryWriteNext(ref writer, slot, messageId);

    public override void Answered(int slot, ref PacketReader body)
    {
        load.Answered(slot, ref body);
        if (sinceAnswer.Elapsed > Longest)
        {
            Longest = sinceAnswer.Elapsed;
        }
        sinceAnswer.Restart();
    }
}
