namespace MfsHa.Gateway.Clients.Requests;

/// <summary>
/// The commands of one connection whose answers have not certainly reached the client. A client has one request under way per message id, so there is
/// one record per message id. Thread-safe.
/// </summary>
internal sealed class AnswersUnderway
{
    private const long Unanswered = long.MaxValue;

    private readonly Lock gate = new();
    private readonly Dictionary<uint, (uint Number, long Position)> byMessage = [];
    private uint last;

    /// <summary>A command begins. Another one of its message id shows that the earlier answer has arrived.</summary>
    public void Begin(uint messageId, uint number)
    {
        lock (gate)
        {
            byMessage[messageId] = (number, Unanswered);
            last = number;
        }
    }

    /// <summary>
    /// A request was answered; its answer ends at this byte of everything that was written to the connection. To be called before the answer can reach the client: the client may use the message
    /// id again at once, and that command must not count as answered.
    /// </summary>
    public void Answer(uint messageId, long position)
    {
        lock (gate)
        {
            if (byMessage.TryGetValue(messageId, out var command) && command.Position == Unanswered)
            {
                byMessage[messageId] = command with { Position = position };
            }
        }
    }

    /// <summary>
    /// The answers to all commands with numbers below the result have reached the client's host, which has acknowledged so many bytes.
    /// </summary>
    public uint ArrivedBelow(long acknowledged)
    {
        lock (gate)
        {
            var below = last + 1;
            foreach (var (messageId, command) in byMessage)
            {
                if (command.Position <= acknowledged)
                {
                    // Removing does not disturb the enumeration.
                    byMessage.Remove(messageId);
                }
                else
                {
                    below = Math.Min(below, command.Number);
                }
            }

            return below;
        }
    }
}
