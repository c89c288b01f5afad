namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>What the API server fills in when a field is left out.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class DefaultValueAttribute(object value) : Attribute
{
    /// <summary>The value.</summary>
    public object Value { get; } = value;
}
