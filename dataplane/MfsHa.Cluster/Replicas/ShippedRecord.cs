namespace MfsHa.Cluster.Replicas;

/// <summary>Where a record is in a piece.</summary>
/// <param name="KeyAt">Where its key begins.</param>
/// <param name="KeyLength">Bytes of its key.</param>
/// <param name="ValueLength">Bytes of its value, which follows the key.</param>
internal readonly record struct ShippedRecord(int KeyAt, int KeyLength, int ValueLength)
{
    /// <summary>Where the next one begins.</summary>
    public int End => KeyAt + KeyLength + ValueLength;
}
