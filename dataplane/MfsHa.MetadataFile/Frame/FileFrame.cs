namespace MfsHa.MetadataFile.Frame;

/// <summary>What is around the sections of a metadata.mfs (mfsmaster/metadata.c: meta_store, meta_load).</summary>
internal static class FileFrame
{
    /// <summary>Bytes of a section's header: name, space, version as <c>d.d</c>, length.</summary>
    public const int SectionHeaderLength = 16;

    /// <summary>Bytes of a section's name.</summary>
    public const int NameLength = 4;

    /// <summary>A section's length before it is known; loaders do not check it.</summary>
    public const ulong UnknownLength = ulong.MaxValue;

    private const byte Zero = (byte)'0';
    private const int Nibble = 4;
    private const byte LowNibble = 0xF;

    /// <summary>Begins every file that 2.0 and later have written.</summary>
    public static ReadOnlySpan<byte> Signature => "MFSM 2.0"u8;

    /// <summary>Begins, and is, the file of an instance that was never started.</summary>
    public static ReadOnlySpan<byte> NewSignature => "MFSM NEW"u8;

    /// <summary>Begins a section header whose name says that there are no more sections.</summary>
    public static ReadOnlySpan<byte> EndMarker => "[MFS EOF MARKER]"u8;

    /// <summary>A version as a section's header has it: nibbles above 9 go on behind '9'.</summary>
    public static ReadOnlySpan<byte> VersionText(byte version) => new[] { (byte)(Zero + (version >> Nibble)), (byte)'.', (byte)(Zero + (version & LowNibble)) };

    /// <summary>Reads what <see cref="VersionText"/> writes; null for anything else.</summary>
    public static byte? ParseVersion(ReadOnlySpan<byte> text)
    {
        var (high, low) = (text[0] - Zero, text[2] - Zero);
        return text[1] == '.' && high is >= 0 and <= LowNibble && low is >= 0 and <= LowNibble ? (byte)((high << Nibble) | low) : null;
    }

    /// <summary>A version as people write it.</summary>
    public static string Show(byte version) => $"{version >> Nibble:X}.{version & LowNibble:X}";
}
