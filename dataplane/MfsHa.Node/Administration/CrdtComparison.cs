using MfsHa.Admin.Contract;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Streams;

namespace MfsHa.Node.Administration;

/// <summary>How far nodes have got with the CRDT state, and what they lack that others have. Pure.</summary>
internal static class CrdtComparison
{
    /// <summary>How far a node has got, as it tells others.</summary>
    public static CrdtPosition PositionOf(StreamDigest position, IReadOnlyCollection<ChunkServerIncarnation> ended)
    {
        var own = new CrdtPosition();
        own.Streams.AddRange(position.Positions.Where(static p => p.Key.Kind == ChunkLocations.StreamKind).OrderBy(static p => p.Key).Select(p => new CrdtStream
        {
            ChunkServer = p.Key.Owner,
            Epoch = p.Key.Epoch,
            Seen = (ulong)p.Value.Seen,
            Ended = ended.Contains(new ChunkServerIncarnation(p.Key.Owner, p.Key.Epoch)),
        }));
        own.Floors.AddRange(position.Floors.Where(static f => f.Key.Kind == ChunkLocations.StreamKind).OrderBy(static f => f.Key.Owner).Select(static f => new CrdtFloor { ChunkServer = f.Key.Owner, Epoch = f.Value }));
        return own;
    }

    /// <summary>What any of some nodes has.</summary>
    /// <param name="positions">How far each has got.</param>
    public static CrdtPosition Union(IEnumerable<CrdtPosition> positions)
    {
        CrdtPosition[] all = [.. positions];
        var union = new CrdtPosition();
        union.Floors.AddRange(all.SelectMany(static p => p.Floors).GroupBy(static f => f.ChunkServer, static f => f.Epoch).OrderBy(static f => f.Key)
            .Select(static f => new CrdtFloor { ChunkServer = f.Key, Epoch = f.Max() }));
        union.Streams.AddRange(all.SelectMany(static p => p.Streams).Where(s => !IsOver(union, s)).GroupBy(static s => (s.ChunkServer, s.Epoch)).OrderBy(static s => s.Key)
            .Select(static s => new CrdtStream { ChunkServer = s.Key.ChunkServer, Epoch = s.Key.Epoch, Seen = s.Max(static o => o.Seen), Ended = s.Any(static o => o.Ended) }));
        return union;
    }

    /// <summary>
    /// What a node lacks of what is known. A connection that is superseded by a later one of the same chunkserver, on any node, is missed by nobody: the later one has all of it that is true.
    /// </summary>
    /// <param name="known">What any node has, at some moment.</param>
    /// <param name="node">What this node has, at that moment or later.</param>
    public static IEnumerable<MissingState> Missing(CrdtPosition known, CrdtPosition node)
    {
        Dictionary<(uint, ulong), CrdtStream> own = node.Streams.ToDictionary(static s => (s.ChunkServer, s.Epoch));
        foreach (CrdtStream stream in known.Streams.Where(s => !IsOver(node, s)))
        {
            CrdtStream? has = own.GetValueOrDefault((stream.ChunkServer, stream.Epoch));
            bool lacksEnd = stream.Ended && has is not { Ended: true };
            if (has is null || has.Seen < stream.Seen || lacksEnd)
            {
                yield return new MissingState { ChunkServer = stream.ChunkServer, Epoch = stream.Epoch, Seen = has?.Seen ?? 0, Known = Math.Max(stream.Seen, has?.Seen ?? 0), End = lacksEnd };
            }
        }
    }

    private static bool IsOver(CrdtPosition position, CrdtStream stream) => position.Floors.Any(f => f.ChunkServer == stream.ChunkServer && stream.Epoch < f.Epoch);
}
