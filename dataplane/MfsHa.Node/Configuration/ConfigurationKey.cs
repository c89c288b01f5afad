using MfsHa.Node.Configuration.Formats;

namespace MfsHa.Node.Configuration;

/// <summary>One key of mfsha.cfg: everything that the parser, the reference (docs/configuration.md) and <c>--help-config</c> know about it.</summary>
public abstract class ConfigurationKey
{
    /// <summary>Name in the file and of the environment variable.</summary>
    public required string Name { get; init; }

    /// <summary>Default, written as in the file.</summary>
    public required string DefaultText { get; init; }

    /// <summary>When a change takes effect.</summary>
    public required ReloadClass Reload { get; init; }

    /// <summary>What it does, for the reference.</summary>
    public required string Description { get; init; }

    /// <summary>True when the value must not be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>True when the value belongs to one node's machine, so that it cannot be set for all.</summary>
    public bool IsOfOneNode { get; init; }

    /// <summary>Why the key cannot be set for all nodes while they run (mfsha-admin config set); null when it can.</summary>
    public string? WhyNotSettable() =>
        Reload == ReloadClass.Restart ? "a change needs a restart: put it into each node's configuration, and start the nodes again one by one"
        : Reload == ReloadClass.Formation ? "it is decided when a cluster is formed, and never changed"
        : IsSecret ? "it is a secret, and has its place in files that only mfsha may read"
        : IsOfOneNode ? "it is each node's own: put it into that node's configuration, then reload-config"
        : null;

    /// <summary>What is accepted.</summary>
    public abstract string Expected { get; }

    /// <summary>Converts a text from file or environment; false when it is not <see cref="Expected"/>.</summary>
    internal abstract bool TryParse(string text, out object? value);

    /// <summary>True when the text after white space and '#' is part of the value.</summary>
    internal abstract bool TakesHashLiterally { get; }
}

/// <summary>A key whose value is a <typeparamref name="T"/>.</summary>
public sealed class ConfigurationKey<T> : ConfigurationKey
{
    /// <summary>How its text is read.</summary>
    public required ValueFormat<T> Format { get; init; }

    /// <inheritdoc/>
    public override string Expected => Format.Expected;

    /// <inheritdoc/>
    internal override bool TakesHashLiterally => !Format.AllowsTrailingComment;

    /// <inheritdoc/>
    internal override bool TryParse(string text, out object? value)
    {
        bool parsed = Format.Parse(Format.AllowsTrailingComment ? WithoutComment(text) : text, out T? typed);
        value = typed;
        return parsed;
    }

    private static string WithoutComment(string text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == '#' && text[i - 1] is ' ' or '\t')
            {
                return text[..i].TrimEnd(' ', '\t');
            }
        }

        return text;
    }
}
