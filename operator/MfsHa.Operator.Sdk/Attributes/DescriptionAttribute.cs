namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>What <c>kubectl explain</c> says.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = false)]
public sealed class DescriptionAttribute(string text) : Attribute
{
    /// <summary>The text.</summary>
    public string Text { get; } = text;
}
