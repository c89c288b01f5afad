using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using MfsHa.Gateway.Connections;

namespace MfsHa.Gateway.Clients;

/// <summary>Which connection of this node serves which session. A session has one connection here: a newer one ends the older. Thread-safe.</summary>
public sealed class SessionTable
{
    private readonly ConcurrentDictionary<uint, ClientConnection> connections = new();

    /// <summary>All registered connections at some moment.</summary>
    public IEnumerable<ClientConnection> All => connections.Values;

    /// <summary>Number of sessions.</summary>
    public int Count => connections.Count;

    /// <summary>The connection of a session.</summary>
    public bool TryGet(uint session, [MaybeNullWhen(false)] out ClientConnection connection) => connections.TryGetValue(session, out connection);

    /// <summary>Makes the connection the one of its session; false when a newer one is there.</summary>
    internal bool TryAttach(ClientConnection connection, ClientSession session)
    {
        while (true)
        {
            if (!connections.TryGetValue(session.Id, out var older))
            {
                if (connections.TryAdd(session.Id, connection))
                {
                    return true;
                }

                continue;
            }

            if (older.Session!.Epoch > session.Epoch)
            {
                return false;
            }

            if (connections.TryUpdate(session.Id, connection, older))
            {
                older.End(new ConnectionEnd(EndKind.Replaced, $"session {session.Id} has connected anew"));
                return true;
            }
        }
    }

    internal void Detach(ClientConnection connection, ClientSession session) =>
        connections.TryRemove(new KeyValuePair<uint, ClientConnection>(session.Id, connection));
}
