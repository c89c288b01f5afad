using System.Collections.Frozen;

namespace MfsHa.Node.Configuration.Formats;

/// <summary>Formats of values that are words.</summary>
public static class TextFormats
{
    private const int MaxTextLength = 4096;
    private const int MaxLabelLength = 255;

    private static readonly FrozenDictionary<string, bool> _flags = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase)
    {
        ["1"] = true, ["true"] = true, ["yes"] = true, ["on"] = true,
        ["0"] = false, ["false"] = false, ["no"] = false, ["off"] = false,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Any text, also an empty one.</summary>
    public static ValueFormat<string> Text { get; } = new($"text of at most {MaxTextLength} characters without NUL", TryText, AllowsTrailingComment: false);

    /// <summary>A short text, also an empty one.</summary>
    public static ValueFormat<string> Label { get; } =
        new($"text of at most {MaxLabelLength} characters without NUL", TryLabel, AllowsTrailingComment: false);

    /// <summary>A path: absolute, or relative to <c>DATA_PATH</c>.</summary>
    public static ValueFormat<string> Path { get; } = new("path", TryNonEmpty, AllowsTrailingComment: false);

    /// <summary>A path from the root.</summary>
    public static ValueFormat<string> AbsolutePath { get; } = new("absolute path", TryAbsolutePath, AllowsTrailingComment: false);

    /// <summary>A path from the root, or nothing.</summary>
    public static ValueFormat<string> OptionalAbsolutePath { get; } = new("absolute path, or nothing", TryOptionalAbsolutePath, AllowsTrailingComment: false);

    /// <summary>mfsmaster's 0 and 1, or words.</summary>
    public static ValueFormat<bool> Flag { get; } = new("0 or 1 (also true/false, yes/no, on/off)", TryFlag);

    /// <summary>One of a few words.</summary>
    public static ValueFormat<T> Choice<T>(params (string Word, T Value)[] choices)
        where T : struct =>
        new(
            "one of " + string.Join(", ", choices.Select(c => c.Word)),
            (string text, out T value) =>
            {
                foreach ((string word, T choice) in choices)
                {
                    if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
                    {
                        value = choice;
                        return true;
                    }
                }

                value = choices[0].Value;
                return false;
            });

    private static bool TryText(string text, out string value)
    {
        value = text;
        return text.Length <= MaxTextLength && !text.Contains('\0', StringComparison.Ordinal);
    }

    private static bool TryLabel(string text, out string value) => TryText(text, out value) && text.Length <= MaxLabelLength;

    private static bool TryNonEmpty(string text, out string value) => TryText(text, out value) && text.Length > 0;

    private static bool TryAbsolutePath(string text, out string value) => TryText(text, out value) && text.StartsWith('/');

    private static bool TryOptionalAbsolutePath(string text, out string value) => TryText(text, out value) && (text.Length == 0 || text.StartsWith('/'));

    private static bool TryFlag(string text, out bool value) => _flags.TryGetValue(text, out value);
}
