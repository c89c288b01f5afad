using System.Runtime.InteropServices;

namespace MfsHa.MetadataFile;

/// <summary>Bytes of a file and where they belong. Pieces come in order; those at the end go back and fill in lengths and counts.</summary>
/// <param name="Offset">From the file's beginning.</param>
/// <param name="Bytes">Valid until the next piece is asked for.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FilePiece(long Offset, ReadOnlyMemory<byte> Bytes);
