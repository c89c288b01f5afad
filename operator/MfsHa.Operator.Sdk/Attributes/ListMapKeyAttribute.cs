namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>A list is a map by one field of its elements.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class ListMapKeyAttribute(string key) : Attribute
{
    /// <summary>The field.</summary>
    public string Key { get; } = key;
}
