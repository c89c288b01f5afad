namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>Shortest and longest string that is taken.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class LengthAttribute(int minimum, int maximum) : Attribute
{
    /// <summary>Fewest characters.</summary>
    public int Minimum { get; } = minimum;

    /// <summary>Most characters.</summary>
    public int Maximum { get; } = maximum;
}
