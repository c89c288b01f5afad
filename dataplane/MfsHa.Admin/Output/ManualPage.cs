using System.CommandLine;
using System.Text;

namespace MfsHa.Admin.Output;

/// <summary>Writes the manual page (man(7)) of a command line from its own descriptions, so that it says what the program says.</summary>
public static class ManualPage
{
    /// <summary>The page of a program in section 8.</summary>
    /// <param name="root">Its command line.</param>
    /// <param name="name">Its name.</param>
    /// <param name="purpose">A few words for apropos(1).</param>
    /// <param name="seeAlso">Other pages.</param>
    public static string Of(Command root, string name, string purpose, params IReadOnlyList<string> seeAlso)
    {
        var page = new StringBuilder(Head(name, 8, purpose));
        page.Append($".SH SYNOPSIS\n.B {Escape(name)}\n[\\fIoptions\\fR]{Operands(root)}\n");
        page.Append($".SH DESCRIPTION\n{Text(root.Description)}\n");
        Options(page.Append(".SH OPTIONS\n"), root.Options);
        if (Shown(root).Any())
        {
            page.Append(".SH COMMANDS\n");
            foreach (Command command in Shown(root).OrderBy(static c => c.Name, StringComparer.Ordinal))
            {
                Describe(page, command, prefix: "");
            }
        }

        return page.Append(SeeAlso(seeAlso)).ToString();
    }

    /// <summary>The beginning of a page.</summary>
    public static string Head(string name, int section, string purpose) =>
        $".\\\" Generated from the program's own descriptions; MFSHA_UPDATE_DOCS=1 and the tests write it anew.\n.TH \"{name.ToUpperInvariant()}\" {section} \"\" \"mfsha\" \"mfsha\"\n.SH NAME\n{Escape(name)} \\- {Escape(purpose)}\n";

    /// <summary>The end of a page.</summary>
    public static string SeeAlso(IReadOnlyList<string> pages) => $".SH SEE ALSO\n{string.Join(", ", pages.Select(static p => $"\\fB{Escape(p.Replace("(", "\\fR(", StringComparison.Ordinal))}").Select(static p => p.Replace("\\efR", "\\fR", StringComparison.Ordinal)))}\n";

    /// <summary>Text as a paragraph: nothing in it is taken for a request or an escape.</summary>
    public static string Text(string? text) => string.Join('\n', (text ?? "").Split('\n').Select(static line => line.StartsWith('.') || line.StartsWith('\'') ? "\\&" + Escape(line) : Escape(line)));

    private static void Describe(StringBuilder page, Command command, string prefix)
    {
        string name = prefix + command.Name;
        page.Append($".SS \"{Escape(name)}{Operands(command)}\"\n{Text(command.Description)}\n");
        Options(page, command.Options);
        foreach (Command inner in Shown(command).OrderBy(static c => c.Name, StringComparer.Ordinal))
        {
            Describe(page, inner, name + " ");
        }
    }

    private static void Options(StringBuilder page, IEnumerable<Option> options)
    {
        foreach (Option option in options.Where(static o => !o.Hidden).OrderBy(static o => o.Name, StringComparer.Ordinal))
        {
            string names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(static n => n.Length).Select(static n => $"\\fB{Escape(n)}\\fR"));
            string value = option.ValueType == typeof(bool) || option.ValueType == typeof(void) ? "" : $" \\fI{Escape(option.HelpName ?? "VALUE")}\\fR";
            page.Append($".TP\n{names}{value}\n{Text(option.Description)}\n");
        }
    }

    private static string Operands(Command command) => string.Concat(command.Arguments.Where(static a => !a.Hidden).Select(static a => $" [\\fI{Escape(a.HelpName ?? a.Name)}\\fR]"));

    private static IEnumerable<Command> Shown(Command command) => command.Subcommands.Where(static c => !c.Hidden);

    private static string Escape(string text) => text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
}
