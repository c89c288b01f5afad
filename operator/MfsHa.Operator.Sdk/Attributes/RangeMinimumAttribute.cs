namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>Smallest number that is taken.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class RangeMinimumAttribute(double minimum) : Attribute
{
    /// <summary>The number.</summary>
    public double Minimum { get; } = minimum;
}
