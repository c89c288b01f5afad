namespace MfsHa.Metadata.State;

/// <content>Which sessions have which inodes open (client-protocol 5.3).</content>
public sealed partial class NamespaceState
{
    /// <summary>True when any session has it open.</summary>
    public bool IsOpen(uint number) => OpenByInode.Contains(number);

    /// <summary>True when this session has it open.</summary>
    public bool IsOpenBy(uint number, uint session) =>
        OpenByInode.Get(number) is { } open && Array.BinarySearch(open.Sessions, session) >= 0;

    /// <summary>Sessions beside one that have an inode open, ascending.</summary>
    public uint[] OthersWithOpen(uint number, uint session) =>
        OpenByInode.Get(number) is { } open ? Array.FindAll(open.Sessions, s => s != session) : [];

    /// <summary>Registers that a session has an inode open; nothing changes if it has already.</summary>
    public void Open(uint session, uint number)
    {
        if (OpenByInode.Get(number) is not { } open)
        {
            OpenByInode.Set(number, new OpenSessions([session]));
        }
        else
        {
            var place = Array.BinarySearch(open.Sessions, session);
            if (place >= 0)
            {
                return;
            }

            var sessions = new uint[open.Sessions.Length + 1];
            open.Sessions.AsSpan(0, ~place).CopyTo(sessions);
            sessions[~place] = session;
            open.Sessions.AsSpan(~place).CopyTo(sessions.AsSpan(~place + 1));
            OpenByInode.Set(number, new OpenSessions(sessions));
        }

        OpenBySession.Set((session, number), Present.Value);
    }

    /// <summary>A session no longer has an inode open; it must have had.</summary>
    public void Close(uint session, uint number, uint now)
    {
        var sessions = OpenByInode.Require(number).Sessions;
        OpenBySession.Remove((session, number));
        OnClosed(session, number);
        if (sessions.Length > 1)
        {
            OpenByInode.Set(number, new OpenSessions(Array.FindAll(sessions, s => s != session)));
            return;
        }

        OpenByInode.Remove(number);
        if (Inodes.Get(number) is { Type: Protocol.NodeType.Sustained })
        {
            QueueIdle(number, now);
        }
    }
}
