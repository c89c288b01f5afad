namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>Short names for kubectl.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class KubernetesEntityShortNamesAttribute(params string[] names) : Attribute
{
    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}
