namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>The longest name that an object of the kind may have, because names of others are made of it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MaxNameLengthAttribute(int length) : Attribute
{
    /// <summary>Characters.</summary>
    public int Length { get; } = length;
}
