using System.Globalization;

namespace MfsHa.MetadataFile.Changelogs;

/// <summary>One line of a changelog: <c>NUMBER: TIME|OPERATION(arguments)[:results]</c> (mfsmaster/changelog.c: changelog).</summary>
internal sealed class Change
{
    private readonly string arguments;
    private int place;

    private Change(ulong number, uint time, string operation, string arguments)
    {
        Number = number;
        Time = time;
        Operation = operation;
        this.arguments = arguments;
    }

    /// <summary>Number of the change.</summary>
    public ulong Number { get; }

    /// <summary>When it was made, Unix seconds.</summary>
    public uint Time { get; }

    /// <summary>What was done.</summary>
    public string Operation { get; }

    /// <summary>True when the line may not have been written to its end.</summary>
    public bool IsCutOff { get; init; }

    /// <summary>True when the next argument begins so.</summary>
    public bool Follows(string text) => string.CompareOrdinal(arguments, place, text, 0, text.Length) == 0;

    /// <summary>True when there is another argument before the results.</summary>
    public bool HasMore => place < arguments.Length && arguments[place] == ',';

    /// <summary>Reads a line without its end; null when it is none.</summary>
    public static Change? TryParse(string line, bool isCutOff = false)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        var open = line.IndexOf('(', StringComparison.Ordinal);
        return colon > 0 && bar > colon && open > bar
            && ulong.TryParse(line.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && uint.TryParse(line.AsSpan(colon + 2, bar - colon - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var time)
                ? new Change(number, time, line[(bar + 1)..open], line[open..]) { IsCutOff = isCutOff }
                : null;
    }

    /// <summary>Reads a number.</summary>
    /// <param name="before">What comes before it: '(', ',' or, for a result, ':' behind the closing bracket.</param>
    public ulong UInt64(string before = ",")
    {
        Expect(before);
        var begin = place;
        while (place < arguments.Length && char.IsAsciiDigit(arguments[place]))
        {
            place++;
        }

        return ulong.TryParse(arguments.AsSpan(begin, place - begin), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong("a number");
    }

    /// <summary>Reads a number of 32 bits.</summary>
    public uint UInt32(string before = ",") => UInt64(before) is <= uint.MaxValue and var value ? (uint)value : throw Wrong("a number of 32 bits");

    /// <summary>Reads a number of 16 bits.</summary>
    public ushort UInt16(string before = ",") => UInt64(before) is <= ushort.MaxValue and var value ? (ushort)value : throw Wrong("a number of 16 bits");

    /// <summary>Reads a number of 8 bits.</summary>
    public byte Byte(string before = ",") => UInt64(before) is <= byte.MaxValue and var value ? (byte)value : throw Wrong("a number of 8 bits");

    /// <summary>Reads a hexadecimal number of 32 bits behind <c>0x</c>.</summary>
    public uint Hexadecimal(string before = ",")
    {
        Expect(before);
        Expect("0x");
        var begin = place;
        while (place < arguments.Length && char.IsAsciiHexDigit(arguments[place]))
        {
            place++;
        }

        return uint.TryParse(arguments.AsSpan(begin, place - begin), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong("a hexadecimal number");
    }

    /// <summary>Reads numbers in square brackets (mfsmaster/changelog.c: changelog_generate_gids).</summary>
    public uint[] Numbers()
    {
        Expect(",[");
        var numbers = new List<uint>();
        for (var before = ""; !Follows("]"); before = Follows(":") ? ":" : ",")
        {
            numbers.Add(UInt32(before));
        }

        Expect("]");
        return [.. numbers];
    }

    /// <summary>Reads bytes as hexadecimal digits without anything between them.</summary>
    public byte[] HexadecimalBytes()
    {
        Expect(",");
        var begin = place;
        while (place < arguments.Length && char.IsAsciiHexDigit(arguments[place]))
        {
            place++;
        }

        return (place - begin) % 2 == 0 ? Convert.FromHexString(arguments.AsSpan(begin, place - begin)) : throw Wrong("another hexadecimal digit");
    }

    /// <summary>Reads what must be there.</summary>
    public void Text(string text) => Expect(text);

    /// <summary>Reads a character.</summary>
    public char Character(string before = ",")
    {
        Expect(before);
        return place < arguments.Length ? arguments[place++] : throw Wrong("a character");
    }

    /// <summary>Reads bytes in which some are written as %XX (mfsmaster/changelog.c: changelog_escape_name).</summary>
    public byte[] Bytes(string before = ",")
    {
        Expect(before);
        var bytes = new List<byte>();
        for (; place < arguments.Length && arguments[place] is not (',' or ')'); place++)
        {
            if (arguments[place] != '%')
            {
                bytes.Add((byte)arguments[place]);
                continue;
            }

            if (place + 2 >= arguments.Length || !byte.TryParse(arguments.AsSpan(place + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                throw Wrong("two hexadecimal digits behind %");
            }

            bytes.Add(value);
            place += 2;
        }

        return [.. bytes];
    }

    /// <summary>The arguments end here, and results follow.</summary>
    public void EndArguments() => Expect(")");

    /// <summary>Nothing else follows.</summary>
    public void End()
    {
        if (place != arguments.Length)
        {
            throw Wrong("the end of the line");
        }
    }

    /// <summary>What is not as it should be in the line. Nothing was changed yet: an operation reads all of it first.</summary>
    public FormatException Wrong(string expected) => new($"{expected} was expected at character {place + 1} of {Operation}{(arguments.Length <= 200 ? arguments : arguments[..200])}");

    /// <summary>The state is not as this change has found it.</summary>
    public MetadataFileException Mismatch(string found) => new($"{Operation}{(arguments.Length <= 200 ? arguments : arguments[..200])} does not fit: {found}");

    private void Expect(string text)
    {
        if (!Follows(text))
        {
            throw Wrong($"\"{text}\"");
        }

        place += text.Length;
    }
}
