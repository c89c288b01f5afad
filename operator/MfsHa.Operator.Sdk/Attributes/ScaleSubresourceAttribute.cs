namespace MfsHa.Operator.Sdk.Attributes;

/// <summary>Makes <c>kubectl scale</c> work.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class ScaleSubresourceAttribute(string specReplicasPath, string statusReplicasPath, string labelSelectorPath) : Attribute
{
    /// <summary>Path of the wanted number.</summary>
    public string SpecReplicasPath { get; } = specReplicasPath;

    /// <summary>Path of the number that is.</summary>
    public string StatusReplicasPath { get; } = statusReplicasPath;

    /// <summary>Path of the label selector of the pods.</summary>
    public string LabelSelectorPath { get; } = labelSelectorPath;
}
