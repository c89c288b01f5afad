using System.Text;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Tests.Locations;

/// <summary>What tests do with chunk locations.</summary>
internal static class LocationsTestExtensions
{
    public static List<string> FindAll(this ChunkLocations locations, ulong chunk)
    {
        var found = new ChunkLocation[200];
        var count = locations.Find(chunk, found);
        return [.. found.Take(count).Select(location => $"{location.Server.Incarnation}/{location.Part:X}v{location.Version}{(location.Flags == 0 ? "" : "!" + location.Flags)}").Order(StringComparer.Ordinal)];
    }

    public static Dictionary<ulong, ChunkCopy> ReadAll(this ChunkLocations locations, ChunkServerIncarnation incarnation, int pageSize = 7)
    {
        var all = new Dictionary<ulong, ChunkCopy>();
        var page = new ChunkCopy[pageSize];
        long cursor = 0;
        while (locations.ReadChunks(incarnation, ref cursor, page) is > 0 and var count)
        {
            foreach (var copy in page.Take(count))
                all[copy.ChunkId] = copy;
        }

        return all;
    }

    public static Dictionary<StreamId, StreamPosition> Digest(this ChunkLocations locations)
    {
        var digest = new StreamDigest();
        locations.AddDigest(digest);
        return new(digest.Positions);
    }

    /// <summary>Brings <paramref name="to"/> up to <paramref name="from"/> as the ring's anti-entropy does.</summary>
    public static void SyncTo(this ChunkLocations from, ChunkLocations to, int pieceBytes = 64)
    {
        var summary = new WireWriter();
        from.WriteSummary(summary);
        to.MergeSummary(summary.Written.Span);
        foreach (var stream in from.Digest().Keys)
        {
            // Bounded: every turn makes progress or restarts, and a restart happens once while nothing is forgotten meanwhile.
            for (var turn = 0; ; turn++)
            {
                if (turn > 100_000)
                    throw new InvalidOperationException($"{stream} does not end");
                var piece = new WireWriter();
                var position = to.Digest().GetValueOrDefault(stream);
                var outcome = from.Read(stream, position, pieceBytes, piece, out var end);
                if (outcome == ReadOutcome.Nothing)
                    break;
                if (outcome == ReadOutcome.Restart)
                    to.Restart(stream);
                else if (to.Apply(stream, position.Seen, end, piece.Written.Span) != ApplyOutcome.Applied)
                    break;
            }
        }
    }

    /// <summary>Everything that must be equal on replicas that have seen the same.</summary>
    public static string Dump(this ChunkLocations locations)
    {
        var text = new StringBuilder();
        foreach (var server in locations.Servers.OrderBy(server => (server.Incarnation.ChunkServerId, server.Incarnation.Epoch)))
        {
            text.AppendLine($"{server} count {locations.CountChunks(server.Incarnation)}");
            foreach (var copy in locations.ReadAll(server.Incarnation, 1000).Values.OrderBy(copy => copy.ChunkId))
                text.AppendLine($"  {copy}");
        }

        return text.ToString();
    }
}
