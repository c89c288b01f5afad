namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>Greatest number that is taken.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class RangeMaximumAttribute(double maximum) : Attribute
{
    /// <summary>The number.</summary>
    public double Maximum { get; } = maximum;
}
