using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.State;

/// <content>References of files to chunks (mfsmaster/chunks.c: chunk_add_file, chunk_delete_file, chunk_change_file).</content>
public sealed partial class NamespaceState
{
    private const int MaxTouchedChunks = 65_536;
    private const uint DeletionsHeld = 3;

    /// <summary>True after a restore, until an administrator releases it: no copy of any chunk may be condemned.</summary>
    public bool DeletionsAreHeld => Marks.Contains(DeletionsHeld);

    /// <summary>No copy of any chunk is condemned from now on; a restore calls this.</summary>
    public void HoldDeletions() => Marks.Set(DeletionsHeld, Present.Value);

    internal void ReleaseDeletions()
    {
        if (DeletionsAreHeld)
        {
            Marks.Remove(DeletionsHeld);
        }
    }

    /// <summary>
    /// Chunks whose wanted copies the command being executed has changed; not part of the state. Bounded: what is left out is found by the supervisor's loop.
    /// </summary>
    public List<ulong> TouchedChunks { get; } = [];

    /// <summary>Notes that the wanted copies of a chunk have changed.</summary>
    public void Touch(ulong chunk)
    {
        if (TouchedChunks.Count < MaxTouchedChunks)
        {
            TouchedChunks.Add(chunk);
        }
    }

    /// <summary>Counts another slot of a file of this storage class that refers to a chunk.</summary>
    public void AddReference(ulong chunk, byte storageClass)
    {
        if (IsChunkElsewhere(chunk))
        {
            var loan = Loans.Require(chunk);
            SetLoan(chunk, loan, WithReferences(loan, storageClass, 1));
            return;
        }

        var record = Chunks.Require(chunk);
        if (record.Condemned)
        {
            throw new InvariantException($"chunk {chunk:X16} is condemned and gets a reference");
        }

        if (record.References == 0)
        {
            OrphanChunks.Remove(chunk);
        }

        Chunks.Set(chunk, WithReferences(record, storageClass, 1));
    }

    /// <summary>
    /// A slot no longer refers to a chunk; without references it waits in <see cref="OrphanChunks"/> for its copies' deletion, or to be given back to the shard that owns it.
    /// </summary>
    public void ReleaseChunk(ulong chunk, byte storageClass)
    {
        // An imported file may refer to chunks that nobody knows (metadata-format 3, CHNK): then there is nothing to release.
        var isElsewhere = IsChunkElsewhere(chunk);
        if ((isElsewhere ? Loans.Get(chunk) : Chunks.Get(chunk)) is not { } record)
        {
            return;
        }

        if (record.References == 0)
        {
            throw new InvariantException($"chunk {chunk:X16} has no reference to release");
        }

        var released = WithReferences(record, storageClass, -1);
        if (isElsewhere)
        {
            SetLoan(chunk, record, released);
            return;
        }

        Chunks.Set(chunk, released);
        if (record.References == 1)
        {
            OrphanChunks.Set(chunk, Present.Value);
        }

        if (released.References == 0 || released.StorageClass != record.StorageClass)
        {
            Touch(chunk);
        }
    }

    /// <summary>A file that refers to a chunk gets another storage class.</summary>
    public void MoveReference(ulong chunk, byte from, byte to)
    {
        if (from != to && IsChunkElsewhere(chunk))
        {
            if (Loans.Get(chunk) is { } loan)
            {
                SetLoan(chunk, loan, WithReferences(WithReferences(loan, to, 1), from, -1));
            }
        }
        else if (from != to && Chunks.Get(chunk) is { } record)
        {
            Chunks.Set(chunk, WithReferences(WithReferences(record, to, 1), from, -1));
            Touch(chunk);
        }
    }

    internal Chunk WithReferences(Chunk chunk, byte storageClass, int change)
    {
        var references = (uint)(chunk.References + change);
        if (references == 0)
        {
            return chunk with { References = 0, Classes = null };
        }

        if (chunk.References == 0)
        {
            return chunk with { References = references, StorageClass = storageClass };
        }

        if (chunk.Classes is null && chunk.StorageClass == storageClass)
        {
            return chunk with { References = references };
        }

        var classes = ClassReferences.Changed(chunk.Classes ?? [new ClassReferences(chunk.StorageClass, chunk.References)], storageClass, change);
        var strongest = classes[0].StorageClass;
        foreach (var other in classes)
        {
            strongest = StrongerClass(strongest, other.StorageClass);
        }

        return chunk with { References = references, StorageClass = strongest, Classes = classes.Length == 1 ? null : classes };
    }
}
