namespace MfsHa.Metadata.StorageClasses;

/// <summary>
/// Programs in reverse Polish notation that say which servers may have a copy, without their trailing zeros; empty = any
/// (mfscommon/labelparser.c; mfsmaster/storageclass.c: sclass_maskorgroup_to_labelexpr).
/// </summary>
public static class LabelExpression
{
    /// <summary>Longest program with its end, bytes.</summary>
    public const int MaxLength = 128;

    /// <summary>Masks of one label in the form of 3.x: groups of AND-ed letters, joined by OR.</summary>
    public const int MasksPerLabel = 4;

    private const byte TypeMask = 0xC0;
    private const byte ValueMask = 0x3F;
    private const byte Symbol = 0xC0;
    private const byte Any = 0xFF;
    private const byte And = 0x80;
    private const byte Or = 0x40;
    private const byte Not = 0x01;
    private const int Letters = 26;
    private const int MaxDepth = MaxLength;

    /// <summary>True when every server matches.</summary>
    public static bool IsAny(ReadOnlySpan<byte> program) => program.IsEmpty || program[0] is 0 or Any;

    /// <summary>True when the program is well-formed.</summary>
    public static bool IsValid(ReadOnlySpan<byte> program) => program.Length < MaxLength && Run(program, 0) is not null;

    /// <summary>True when a server with these labels (bit 0 = 'A') may have the copy.</summary>
    public static bool Matches(ReadOnlySpan<byte> program, uint labels) => IsAny(program) || Run(program, labels) == true;

    /// <summary>A program without its trailing zeros.</summary>
    public static byte[] Trimmed(ReadOnlySpan<byte> program) => program.TrimEnd((byte)0).ToArray();

    /// <summary>The program of a label in the form of 3.x: masks after the first that is 0 do not count.</summary>
    public static byte[] FromMasks(ReadOnlySpan<uint> masks)
    {
        var program = new List<byte>();
        var groups = 0;
        foreach (var mask in masks)
        {
            if (mask == 0)
            {
                break;
            }

            var letters = 0;
            for (var bit = 0; bit < Letters; bit++)
            {
                if ((mask & (1u << bit)) != 0)
                {
                    program.Add((byte)(Symbol + bit));
                    letters++;
                }
            }

            if (letters > 1)
            {
                program.Add((byte)(And + letters - 2));
            }

            groups++;
        }

        if (groups > 1)
        {
            program.Add((byte)(Or + groups - 2));
        }

        return [.. program];
    }

    /// <summary>A program in the form of 3.x, always <see cref="MasksPerLabel"/> masks; null if it cannot be said so.</summary>
    public static uint[]? ToMasks(ReadOnlySpan<byte> program)
    {
        var masks = new uint[MasksPerLabel];
        if (program.IsEmpty)
        {
            return masks;
        }

        var groups = (program[^1] & TypeMask) == Or ? (program[^1] & ValueMask) + 2 : 1;
        var end = groups > 1 ? program.Length - 1 : program.Length;
        if (groups > MasksPerLabel)
        {
            return null;
        }

        for (var group = groups - 1; group >= 0; group--)
        {
            var letters = 1;
            if (end > 0 && (program[end - 1] & TypeMask) == And)
            {
                letters = (program[--end] & ValueMask) + 2;
            }

            for (; letters > 0; letters--)
            {
                if (end == 0 || program[end - 1] is < Symbol or >= Symbol + Letters)
                {
                    return null;
                }

                masks[group] |= 1u << (program[--end] & ValueMask);
            }
        }

        return end == 0 ? masks : null;
    }

    private static bool? Run(ReadOnlySpan<byte> program, uint labels)
    {
        Span<bool> stack = stackalloc bool[MaxDepth];
        var depth = 0;
        foreach (var step in program)
        {
            if (step == Not && depth > 0)
            {
                stack[depth - 1] = !stack[depth - 1];
            }
            else if (step == Any || step is >= Symbol and < Symbol + Letters)
            {
                if (depth == MaxDepth)
                {
                    return null;
                }

                stack[depth++] = step == Any || (labels & (1u << (step & ValueMask))) != 0;
            }
            else if ((step & TypeMask) is And or Or && (step & ValueMask) + 2 <= depth)
            {
                var operands = stack.Slice(depth - (step & ValueMask) - 2, (step & ValueMask) + 2);
                var joined = (step & TypeMask) == And ? operands.IndexOf(false) < 0 : operands.IndexOf(true) >= 0;
                depth -= operands.Length;
                stack[depth++] = joined;
            }
            else
            {
                return null;
            }
        }

        return depth switch
        {
            0 => true,
            1 => stack[0],
            _ => null,
        };
    }
}
