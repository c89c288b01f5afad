using System.Collections.Immutable;

namespace MfsHa.Node.Configuration;

/// <summary>The configuration cannot be used; holds everything that is wrong with it, not only the first thing.</summary>
public sealed class ConfigurationException(ImmutableArray<ConfigurationError> errors)
    : Exception("configuration refused:" + Environment.NewLine + string.Join(Environment.NewLine, errors.Select(e => "  " + e)))
{
    /// <summary>All errors, in the order of the file, then of the environment, then contradictions.</summary>
    public ImmutableArray<ConfigurationError> Errors { get; } = errors;
}
