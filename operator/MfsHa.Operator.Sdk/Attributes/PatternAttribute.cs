namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>Regular expression that a string, or every value of a map, has to match.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class PatternAttribute(string pattern) : Attribute
{
    /// <summary>The expression.</summary>
    public string Pattern { get; } = pattern;
}
