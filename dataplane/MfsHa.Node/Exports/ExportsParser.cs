using System.Collections.Immutable;
using System.Text;
using MfsHa.Protocol;

namespace MfsHa.Node.Exports;

/// <summary>
/// Reads mfsexports.cfg as mfsmaster does (`mfsmaster/exports.c: exports_parseline`; checked against the output of running 3.0.117 and 4.56.6
/// masters): <c>addresses path options</c> per line; <c>DEFAULTS options</c> for the lines that follow; lines it cannot use are dropped,
/// options it does not know are ignored. Knows the options of all versions up to 4.59.2.
/// </summary>
public sealed partial class ExportsParser
{
    private readonly IUserDatabase _users;
    private readonly List<ExportsIssue> _issues = [];
    private ExportRule _defaults = new();
    private int _line;

    private ExportsParser(IUserDatabase users) => _users = users;

    /// <summary>Parses the bytes of a file.</summary>
    public static ExportTable Parse(ReadOnlySpan<byte> file, IUserDatabase users)
    {
        var parser = new ExportsParser(users);
        var rules = ImmutableArray.CreateBuilder<ExportRule>();

        // Latin-1: one character per byte, whatever encoding paths and passwords have.
        string text = Encoding.Latin1.GetString(file);
        foreach (Range range in text.AsSpan().Split('\n'))
        {
            parser._line++;
            if (parser.ParseLine(WithoutTail(text.AsSpan()[range])) is { } rule)
            {
                rules.Add(rule);
            }
        }

        return new ExportTable(rules.ToImmutable(), [.. parser._issues]);
    }

    private static ReadOnlySpan<char> WithoutTail(ReadOnlySpan<char> line)
    {
        int nul = line.IndexOf('\0');
        return (nul < 0 ? line : line[..nul]).TrimEnd("\r\n\t ");
    }

    private ExportRule? ParseLine(ReadOnlySpan<char> line)
    {
        line = line.TrimStart(" \t");
        if (line.IsEmpty || line[0] == '#')
        {
            return null;
        }

        ReadOnlySpan<char> addresses = TakeWord(ref line);
        if (line.IsEmpty)
        {
            Drop("nothing but addresses");
            return null;
        }

        ExportRule rule = _defaults;
        if (addresses.Equals("DEFAULTS", StringComparison.OrdinalIgnoreCase))
        {
            // The rule that becomes of it matches no client (address 0.0.0.0), but it is in the list and in the checksum.
            if (!TryOptions(line.ToString(), ref rule))
            {
                return null;
            }

            _defaults = MapRootLikeAll(rule);
            return _defaults;
        }

        if (!AddressRange.TryParse(addresses, out AddressRange range))
        {
            Drop($"'{addresses}' is no address, network or range");
            return null;
        }

        if (addresses.EndsWith("/0"))
        {
            Ignore($"'{addresses}' means one address, as in mfsmaster; write * for all");
        }

        rule = WithPath(rule with { Addresses = range }, TakeWord(ref line));
        if (line.IsEmpty)
        {
            return rule;
        }

        return TryOptions(line.ToString(), ref rule) ? MapRootLikeAll(rule) : null;
    }

    // Cuts the first word off, and the white space behind it.
    private static ReadOnlySpan<char> TakeWord(ref ReadOnlySpan<char> line)
    {
        int end = line.IndexOfAny(' ', '\t');
        ReadOnlySpan<char> word = end < 0 ? line : line[..end];
        line = line[word.Length..].TrimStart(" \t");
        return word;
    }

    private static ExportRule WithPath(ExportRule rule, ReadOnlySpan<char> path)
    {
        if (path is not ".")
        {
            return rule with { Directory = path.Trim('/').ToString() };
        }

        rule = rule with { IsMeta = true };
        return rule.RootDefined ? rule : rule with { RootUid = 0, RootGid = 0 };
    }

    private static ExportRule MapRootLikeAll(ExportRule rule) =>
        rule.Flags.HasFlag(SessionFlags.MapAll) && !rule.RootDefined ? rule with { RootUid = rule.MapAllUid, RootGid = rule.MapAllGid } : rule;

    private void Drop(string message) => _issues.Add(new ExportsIssue(_line, IsLineDropped: true, message));

    private void Ignore(string message) => _issues.Add(new ExportsIssue(_line, IsLineDropped: false, message));
}
