namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>A column of <c>kubectl get</c>.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class GenericAdditionalPrinterColumnAttribute(string jsonPath, string name, string type) : Attribute
{
    /// <summary>Where the value is.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>Title.</summary>
    public string Name { get; } = name;

    /// <summary>string, integer, number, boolean or date.</summary>
    public string Type { get; } = type;

    /// <summary>0: always; 1: with <c>-o wide</c>.</summary>
    public int Priority { get; init; }
}
