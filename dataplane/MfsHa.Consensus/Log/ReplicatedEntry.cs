using System.Collections;
using DotNext.IO;
using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Log;

/// <summary>A log entry as DotNext sends it to a follower.</summary>
internal readonly struct ReplicatedEntry(RaftLogEntry entry) : IRaftLogEntry
{
    public long Term => entry.Term;

    bool IRaftLogEntry.IsConfiguration => entry.Kind == RaftEntryKind.Configuration;

    // DotNext's command id carries our kind: a follower must not guess whether an entry without payload had commands.
    int? IRaftLogEntry.CommandId => (int)entry.Kind;

    bool ILogEntry.IsSnapshot => false;

    bool IDataTransferObject.IsReusable => true;

    long? IDataTransferObject.Length => entry.Payload.Length;

    bool IDataTransferObject.TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = entry.Payload;
        return true;
    }

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token) => writer.WriteAsync(entry.Payload, null, token);
}

/// <summary>Consecutive entries as DotNext sends them.</summary>
internal readonly struct EntrySlice(IReadOnlyList<RaftLogEntry> entries) : IReadOnlyList<ReplicatedEntry>
{
    public int Count => entries.Count;

    public ReplicatedEntry this[int index] => new(entries[index]);

    public IEnumerator<ReplicatedEntry> GetEnumerator()
    {
        foreach (var entry in entries)
        {
            yield return new ReplicatedEntry(entry);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
