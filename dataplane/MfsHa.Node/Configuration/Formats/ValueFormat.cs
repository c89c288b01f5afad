using System.Diagnostics.CodeAnalysis;

namespace MfsHa.Node.Configuration.Formats;

/// <summary>How the text of a configuration value becomes a value.</summary>
/// <param name="Expected">What is accepted, as errors and docs/configuration.md say it: "integer 1..65535".</param>
/// <param name="Parse">The conversion; it never throws.</param>
/// <param name="AllowsTrailingComment">
/// True when text after white space and '#' is no part of the value. Numbers ignore what follows white space in mfsmaster
/// (`mfscommon/cfg.c: str_to_*`); texts take it literally there, so they do here.
/// </param>
public sealed record ValueFormat<T>(string Expected, ValueParser<T> Parse, bool AllowsTrailingComment = true);

/// <summary>Converts text; false when it is not what the format expects.</summary>
public delegate bool ValueParser<T>(string text, [MaybeNullWhen(false)] out T value);
