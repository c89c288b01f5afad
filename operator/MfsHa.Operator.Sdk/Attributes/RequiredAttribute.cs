namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>The field may not be left out.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;
