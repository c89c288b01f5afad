namespace MfsHa.Gateway.Clients.Requests;

/// <summary>
/// How many bytes the client's host has acknowledged long enough ago for the client to have read them: a kernel acknowledges what nobody may ever read.
/// Thread-safe.
/// </summary>
/// <param name="acknowledged">Asks for the bytes that are acknowledged now.</param>
/// <param name="clock">Tells how long ago that was.</param>
internal sealed class SettledBytes(Func<long> acknowledged, TimeProvider clock)
{
    /// <summary>
    /// Clients have a thread that does nothing but read. The time is a compromise: an answer that is wrongly taken for read is not repeated,
    /// and one whose reading is not known yet when this node dies may be given for an equal request.
    /// </summary>
    private static readonly TimeSpan ReadWithin = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private long settled;
    private long sample;
    private long sampledAt = clock.GetTimestamp();

    /// <summary>Bytes since the connection began that count as read. Knows what was acknowledged at one of the earlier calls.</summary>
    public long Count()
    {
        lock (gate)
        {
            if (clock.GetElapsedTime(sampledAt) >= ReadWithin)
            {
                settled = sample;
                sample = acknowledged();
                sampledAt = clock.GetTimestamp();
            }

            return settled;
        }
    }
}
