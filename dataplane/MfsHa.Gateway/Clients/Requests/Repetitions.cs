using MfsHa.Gateway.Connections;
using MfsHa.Metadata.Operations;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>
/// Tells which requests of one connection may be repetitions of what a client has sent over an earlier one, and gathers the signs that an answer has
/// arrived, so that it is never replayed for a new request of the same bytes (design.md 8).
/// </summary>
/// <remarks>
/// A client repeats all its unanswered requests when it has a connection again, each thread after its current pause, which is 10 s at the most
/// (client-protocol 2.6). What it has read it does not repeat. The sign for that: its host has acknowledged the bytes, and they have had time to be read, or
/// the client has closed the connection in good order since (a connection that is closed with unread bytes is reset). Behind a relay that sign is
/// the relay's: should it die with answers in its buffers, their requests are executed again, as a mfsmaster does.
/// </remarks>
internal sealed class Repetitions(ClientConnection connection, ClientServices services)
{
    /// <summary>A client's longest pause between two attempts, and some time to run.</summary>
    private static readonly TimeSpan RepeatsFor = TimeSpan.FromSeconds(12);

    private readonly AnswersUnderway underway = new();
    private readonly SettledBytes settled = new(connection.BytesArrived, services.Clock);
    private long resumed;
    private bool isResumed;
    private long belowRead = -1;
    private uint below = 1;
    private uint told = 1;
    private uint numberAtTick;
    private int isTelling;

    /// <summary>The session goes on over this connection: its client may repeat requests from now on.</summary>
    public void Resume()
    {
        resumed = services.Clock.GetTimestamp();
        isResumed = true;
    }

    /// <summary>Identifies a command. For the reading side only.</summary>
    /// <param name="session">The session.</param>
    /// <param name="messageId">The client's message id.</param>
    /// <param name="digest">Hash of its bytes.</param>
    /// <param name="isFirst">It is the first of its message id on this connection.</param>
    /// <param name="read">Which read has brought it.</param>
    public RequestStamp Stamp(ClientSession session, uint messageId, ulong digest, bool isFirst, long read)
    {
        if (read != belowRead)
        {
            below = underway.ArrivedBelow(settled.Count());
            belowRead = read;
        }

        var number = connection.Requests.Next();
        underway.Begin(messageId, number);
        Volatile.Write(ref told, below);
        return new RequestStamp(
            session.Id, messageId, ((ulong)session.Epoch << 32) | number, digest, isFirst && isResumed && services.Clock.GetElapsedTime(resumed) < RepeatsFor, below);
    }

    /// <summary>A request was answered.</summary>
    public void Answered(uint messageId, long position) => underway.Answer(messageId, position);

    /// <summary>Called now and then: tells when no command has come since the last time. A busy client's commands tell it themselves.</summary>
    public void TellIfQuiet()
    {
        var number = connection.Requests.Last;
        if (number == numberAtTick)
        {
            Tell(settled.Count());
        }

        numberAtTick = number;
    }

    /// <summary>The connection ends: tells what has arrived, as far as it was surely read.</summary>
    public void OnEnding(EndKind kind)
    {
        // Only who closes in good order has certainly read everything. A client whose connection was replaced, lost or silent, or is reset by this side, may have left answers unread: one of its threads finds the
        // connection broken, and what its host has and nobody has read is dropped. It repeats those requests.
        if (kind == EndKind.PeerClosed)
        {
            Tell(connection.BytesArrived());
        }
        else if (kind is not (EndKind.PeerLost or EndKind.Replaced or EndKind.Silent))
        {
            Tell(settled.Count());
        }
    }

    /// <summary>Tells the cluster what has arrived since the last command, so that it is known should this node die.</summary>
    private void Tell(long bytes)
    {
        if (connection.Session is not { } session || Interlocked.Exchange(ref isTelling, 1) != 0)
        {
            return;
        }

        var arrived = underway.ArrivedBelow(bytes);
        if (arrived <= Volatile.Read(ref told))
        {
            Volatile.Write(ref isTelling, 0);
            return;
        }

        _ = TellAsync(session, arrived);
    }

    private async Task TellAsync(ClientSession session, uint arrived)
    {
        try
        {
            await services.Cluster.ExecuteAsync(new NoteDelivery(session.Id, session.Epoch, arrived), services.Stopping).ConfigureAwait(false);
            Volatile.Write(ref told, Math.Max(arrived, Volatile.Read(ref told)));
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The next turn tells it.
        }
        catch (Exception e)
        {
            connection.EndBy(e);
        }
        finally
        {
            Volatile.Write(ref isTelling, 0);
        }
    }
}
