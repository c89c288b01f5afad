namespace MfsHa.Operator.Sdk.Rbac;

/// <summary>What a controller needs to do with resources; the operator's ClusterRole is generated from all of these.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class GenericRbacAttribute : Attribute
{
    /// <summary>API groups; "" is the core group.</summary>
    public string[] Groups { get; init; } = [];

    /// <summary>Resources by their plural names, subresources as "pods/status".</summary>
    public string[] Resources { get; init; } = [];

    /// <summary>What may be done.</summary>
    public RbacVerb Verbs { get; init; }
}
