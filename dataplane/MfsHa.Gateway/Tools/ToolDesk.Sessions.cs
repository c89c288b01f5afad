using MfsHa.Gateway.Clients;
using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tools;
using ListSessions = MfsHa.Metadata.SystemGroup.ListSessions;
using PathsReply = MfsHa.Metadata.Operations.PathsReply;
using SessionsReply = MfsHa.Metadata.SystemGroup.SessionsReply;

namespace MfsHa.Gateway.Tools;

internal sealed partial class ToolDesk
{
    /// <summary>Modes below this list connected sessions only.</summary>
    private const byte DisconnectedMode = 2;

    private const int LocksPage = 10_000;

    private async Task AnswerSessionsAsync(ClientConnection connection, ToolRequest request)
    {
        var mode = request.Mode ?? 0;
        var openFiles = mode >= DisconnectedMode ? await CountOpenFilesAsync(connection).ConfigureAwait(false) : [];
        var entries = new List<SessionEntry>();
        var roots = new Dictionary<uint, byte[]>();
        uint after = 0;
        while (await cluster.ExecuteAsync(new ListSessions(after), connection.Closing).ConfigureAwait(false) is SessionsReply { Sessions: { Length: > 0 } page })
        {
            foreach (var session in page)
            {
                after = session.Id;
                if (session.Ending || (mode < DisconnectedMode && !session.IsConnected))
                {
                    continue;
                }

                entries.Add(ToEntry(session, await RootPathAsync(connection, session.Parameters.RootInode, roots).ConfigureAwait(false), openFiles.GetValueOrDefault(session.Id)));
            }

            if (page.Length < SystemQuery.MaxPage)
            {
                break;
            }
        }

        connection.Write(
            (request.MessageId, mode, entries),
            static (ref writer, a) => SessionListReply.Write(ref writer, a.MessageId, a.mode, SessionStatistics.Counters, a.entries));
    }

    private SessionEntry ToEntry(SessionRecord session, byte[] path, uint openFiles)
    {
        var granted = session.Parameters;
        var (current, last) = sessions.TryGet(session.Id, out var here) ? here.Statistics.Read() : (new uint[SessionStatistics.Counters], new uint[SessionStatistics.Counters]);
        var away = (uint)clock.GetUtcNow().ToUnixTimeSeconds() - session.Disconnected;
        var sustain = (uint)options.Settings.SessionSustain.TotalSeconds;
        return new SessionEntry(
            session.Id,
            granted.PeerAddress,
            new PeerVersion(granted.ClientVersion),
            openFiles,
            (byte)session.Connections.Length,
            session.IsConnected ? SessionEntry.Connected : session.Closed || away >= sustain ? 0 : sustain - away,
            granted.Info,
            path,
            granted.Flags,
            granted.Umask,
            granted.RootUid,
            granted.RootGid,
            granted.MapAllUid,
            granted.MapAllGid,
            granted.MinGoal,
            granted.MaxGoal,
            granted.StorageClassGroups,
            granted.MinTrashSeconds,
            granted.MaxTrashSeconds,
            granted.Disables,
            current,
            last);
    }

    private async ValueTask<byte[]> RootPathAsync(ClientConnection connection, uint root, Dictionary<uint, byte[]> known)
    {
        if (root == 0)
        {
            return "."u8.ToArray();
        }

        if (root == NamespaceState.RootInode)
        {
            return "/"u8.ToArray();
        }

        if (!known.TryGetValue(root, out var path))
        {
            path = await AskAsync(connection, new GetPaths(root, CallerFactory.Nobody)).ConfigureAwait(false) is PathsReply { Paths: [var first, ..] }
                ? [(byte)'/', .. first]
                : "(deleted)"u8.ToArray();
            known.Add(root, path);
        }

        return path;
    }

    private async Task CommandSessionAsync(ClientConnection connection, ReadOnlyMemory<byte> payload)
    {
        var session = ParseRemove(payload).SessionId;
        var ended = await cluster.ExecuteAsync(new EndSession(session, 0, Forced: true), connection.Closing).ConfigureAwait(false);
        connection.Write(ended.Status, static (ref writer, status) => ToolReply.WriteStatus(ref writer, PacketType.SessionCommand, status));
    }

    private async Task AnswerOpenFilesAsync(ClientConnection connection, ToolSubjectRequest request)
    {
        var entries = await OpenFilesAsync(connection, request.Subject).ConfigureAwait(false);
        connection.Write((request, entries), static (ref writer, a) =>
        {
            if (a.request.Subject == 0)
            {
                ListOpenFilesReply.WriteAll(ref writer, a.request.MessageId, [.. a.entries.Select(static e => new OpenFileEntry(e.Session, e.Inode))]);
            }
            else
            {
                ListOpenFilesReply.WriteSession(ref writer, a.request.MessageId, [.. a.entries.Select(static e => new PackedInode(e.Inode))]);
            }
        });
    }

    private async Task AnswerLocksAsync(ClientConnection connection, ToolSubjectRequest request)
    {
        var locks = new List<AcquiredLock>();
        foreach (var flocks in (bool[])[false, true])
        {
            uint after = 0;
            while (await AskAsync(connection, new ListLocks(request.Subject, flocks, after, LocksPage)).ConfigureAwait(false) is LocksReply page)
            {
                locks.AddRange(page.Locks.Select(static l =>
                    new AcquiredLock(l.Inode, l.Session, l.Owner, l.Pid, l.Start, l.End, l.Exclusive ? AcquiredLockType.Exclusive : AcquiredLockType.Shared)));
                after = page.LastInode;
                if (after == 0)
                {
                    break;
                }
            }
        }

        connection.Write((request, locks), static (ref writer, a) => ListAcquiredLocksReply.Write(ref writer, a.request.MessageId, a.request.Subject, a.locks));
    }

    private async ValueTask<List<OpenEntry>> OpenFilesAsync(ClientConnection connection, uint session)
    {
        var all = new List<OpenEntry>();
        var last = default(OpenEntry);
        while (await AskAsync(connection, new ListOpenFiles(session, last.Session, last.Inode, ListOpenFiles.MaxPage)).ConfigureAwait(false) is OpenFilesReply page)
        {
            all.AddRange(page.Entries);
            if (page.Entries.Length < ListOpenFiles.MaxPage)
            {
                break;
            }

            last = page.Entries[^1];
        }

        return all;
    }

    private async ValueTask<Dictionary<uint, uint>> CountOpenFilesAsync(ClientConnection connection)
    {
        var counts = new Dictionary<uint, uint>();
        foreach (var (session, _) in await OpenFilesAsync(connection, 0).ConfigureAwait(false))
        {
            counts[session] = counts.GetValueOrDefault(session) + 1;
        }

        return counts;
    }

    private static SessionRemoveRequest ParseRemove(ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        return SessionRemoveRequest.Parse(ref reader);
    }
}
