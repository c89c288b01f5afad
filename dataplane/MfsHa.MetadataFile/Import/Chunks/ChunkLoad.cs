using System.Globalization;
using System.Runtime.InteropServices;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;

namespace MfsHa.MetadataFile.Import.Chunks;

/// <summary>Makes the records of chunks, with the references that files have to them.</summary>
internal sealed class ChunkLoad(ImportTarget target, LoadProgress progress) : IDisposable
{
    private readonly TableLoad<ulong, Chunk> chunks = target.Shard.Chunks.BeginLoad(target.Bulk);
    private readonly TableLoad<ulong, Present> orphans = target.Shard.OrphanChunks.BeginLoad(target.Bulk);
    private readonly SortedDictionary<byte, int> references = [];

    // The chunk whose notes are being read; null when the file does not have it.
    private ulong id;
    private ChunkFacts? facts;
    private byte lastClass;
    private int lastCount;

    /// <summary>Makes all records. <see cref="MetadataFileException"/> when a chunk comes twice.</summary>
    public void Run(CancellationToken cancellation)
    {
        var notes = target.Tree.Chunks.Sort();
        while (notes.Next())
        {
            progress.Step(cancellation);
            var about = ChunkNotes.IdOf(notes.Key);
            if (about != id)
            {
                Finish();
                id = about;
            }

            if (ChunkNotes.TryReadReference(notes.Key, out var storageClass, out var inode, out var index))
            {
                AddReference(storageClass, inode, index);
            }
            else
            {
                Begin(MemoryMarshal.Read<ChunkFacts>(notes.Value));
            }
        }

        Finish();
        target.Tree.Chunks.Dispose();
    }

    /// <summary>Makes what was loaded part of the store.</summary>
    public void Complete()
    {
        chunks.Complete();
        orphans.Complete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        chunks.Dispose();
        orphans.Dispose();
    }

    private void Begin(in ChunkFacts read)
    {
        if (facts is not null)
        {
            throw new MetadataFileException("CHNK", read.Offset, $"chunk {id:X16} comes twice");
        }

        facts = read;
    }

    private void AddReference(byte storageClass, uint inode, uint index)
    {
        if (facts is null)
        {
            target.Report.Lose(string.Create(CultureInfo.InvariantCulture, $"inode {inode}, chunk {index}: chunk {id:X16} is not in the file; its data is missing there, too"));
            return;
        }

        if (storageClass != lastClass)
        {
            EndClass();
            lastClass = storageClass;
        }

        lastCount++;
    }

    private void EndClass()
    {
        if (lastCount > 0)
        {
            references.Add(lastClass, lastCount);
            lastCount = 0;
        }
    }

    private void Finish()
    {
        if (facts is { } found)
        {
            EndClass();
            var chunk = new Chunk { Version = found.Version, StorageClass = 0, References = 0, Archived = found.Archived, LockedUntil = found.LockedUntil };
            foreach (var (storageClass, count) in references)
            {
                chunk = target.Shard.WithReferences(chunk, storageClass, count);
            }

            chunks.Add(id, chunk);
            if (chunk.References == 0)
            {
                orphans.Add(id, Present.Value);
            }
        }

        references.Clear();
        (facts, lastClass, lastCount) = (null, 0, 0);
    }
}
