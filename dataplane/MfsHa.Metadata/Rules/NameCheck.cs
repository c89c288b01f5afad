using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Rules;

/// <summary>Which names entries may have (client-protocol 7.2; mfsmaster/filesystem.c: fsnodes_namecheck).</summary>
public static class NameCheck
{
    /// <summary>True for 1..255 bytes without NUL and slash that are neither "." nor "..".</summary>
    public static bool IsValid(Name name)
    {
        var bytes = name.Span;
        return bytes.Length is > 0 and <= Name.MaxLength && !IsDot(name) && !IsDotDot(name) && bytes.IndexOfAny((byte)0, (byte)'/') < 0;
    }

    /// <summary>True for ".".</summary>
    public static bool IsDot(Name name) => name.Length == 1 && name.Span[0] == (byte)'.';

    /// <summary>True for "..".</summary>
    public static bool IsDotDot(Name name) => name.Length == 2 && name.Span[0] == (byte)'.' && name.Span[1] == (byte)'.';
}
