using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;
using MfsHa.MetadataFile.Import.Chunks;

namespace MfsHa.MetadataFile.Sections;

/// <summary>
/// CHNK: chunks (mfsmaster/chunks.c: chunk_store, chunk_load). Written as 1.1: then the mfsmaster counts references itself. Those of 1.2 are read and not believed either.
/// </summary>
internal sealed class ChunkSection : ISection
{
    private const byte Version11 = 0x11;
    private const byte Version12 = 0x12;
    private const int EndLength = 17;
    private const byte ArchiveFlag = 0x01;
    private const byte ManyPairsFlag = 0x80;
    private const uint ZerosAllowed = 0x8000_0000;

    /// <inheritdoc/>
    public string Name => "CHNK";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version11;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version is Version11 or Version12;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        file.UInt64(context.Shards.Max(static s => s.Counters.NextChunk));
        foreach (var (id, chunk) in context.Shards.SelectMany(static s => s.Chunks.All()))
        {
            // A lock keeps an mfsmaster from deleting a chunk without references; of one with references it would keep readers away.
            var lockedTo = chunk.References == 0 ? Math.Max(chunk.LockedUntil, chunk.KeptUntil) : chunk.LockedUntil;
            file.UInt64(id);
            file.UInt32(chunk.Version);
            file.UInt32(lockedTo >= context.Now ? lockedTo : 0);
            file.Byte(chunk.Archived ? ArchiveFlag : (byte)0);
            context.Report.Chunks++;
            yield return default;
        }

        file.Zeros(EndLength);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        var next = file.UInt64();
        while (true)
        {
            var offset = file.Position;
            var (id, chunkVersion, lockedTo, flags) = (file.UInt64(), file.UInt32(), file.UInt32(), file.Byte());
            if (version == Version12)
            {
                SkipPairs(file, flags);
            }

            if (id == 0)
            {
                break;
            }

            if (chunkVersion == 0)
            {
                throw file.Damaged($"chunk {id:X16} has version 0");
            }

            if ((chunkVersion & ZerosAllowed) != 0)
            {
                target.Report.Lose($"chunk {id:X16}: a copy of a shorter length is no longer read as zeros (a repair of 4.x)");
            }

            target.Tree.Chunks.AddChunk(id, new ChunkFacts
            {
                Offset = offset,
                Version = chunkVersion & ~ZerosAllowed,
                LockedUntil = lockedTo > target.Now ? lockedTo : 0,
                Archived = (flags & ArchiveFlag) != 0,
            });
            target.Tally.AddChunk();
            target.Tick();
            next = Math.Max(next, id + 1);
        }

        target.Change(c => c with { NextChunk = Math.Max(c.NextChunk, next) });
    }

    private static void SkipPairs(FileParser file, byte flags)
    {
        const int MoreThan = 256;
        const int PairLength = 4;
        var pairs = file.Byte() + ((flags & ManyPairsFlag) != 0 ? MoreThan : 0);
        _ = file.Bytes((pairs * PairLength) + (pairs > 1 ? 1 : 0));
    }
}
