namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>All values that are taken, strings or integers.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class EnumValuesAttribute(params object[] values) : Attribute
{
    /// <summary>The values.</summary>
    public IReadOnlyList<object> Values { get; } = values;
}
