using System.Buffers.Binary;

namespace MfsHa.MetadataFile.Import.Sorting;

/// <summary>A run that is read back from the scratch file, a piece at a time.</summary>
internal sealed class ScratchRun(Stream file, long begin, long end) : ISortedRun
{
    private const int PieceBytes = 1 << 17;
    private byte[] piece = [];
    private long next = begin;
    private int place;
    private int following;
    private int length;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Key => RecordSorter.KeyAt(piece, place);

    /// <inheritdoc/>
    public ulong Prefix { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Value => RecordSorter.ValueAt(piece, place);

    /// <inheritdoc/>
    public bool Next()
    {
        if (following == length && next == end)
        {
            piece = [];
            return false;
        }

        Provide(RecordSorter.HeadLength);
        var head = piece.AsSpan(following);
        var whole = RecordSorter.HeadLength + BinaryPrimitives.ReadUInt16LittleEndian(head) + BinaryPrimitives.ReadInt32LittleEndian(head[sizeof(ushort)..]);
        Provide(whole);
        place = following;
        following += whole;
        Prefix = RecordSorter.PrefixOf(Key);
        return true;
    }

    // Makes so many bytes from the next record's beginning on available.
    private void Provide(int bytes)
    {
        if (length - following >= bytes)
        {
            return;
        }

        var kept = length - following;
        var target = piece.Length >= bytes ? piece : new byte[Math.Max(bytes, PieceBytes)];
        piece.AsSpan(following, kept).CopyTo(target);
        piece = target;
        (following, length) = (0, kept);
        var wanted = (int)Math.Min(piece.Length - kept, end - next);
        file.Position = next;
        file.ReadExactly(piece, kept, wanted);
        next += wanted;
        length += wanted;
    }
}
