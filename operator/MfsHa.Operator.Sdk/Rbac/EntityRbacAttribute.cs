namespace MfsHa.Operator.Sdk.Rbac;

/// <summary>What a controller needs to do with objects of a type.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class EntityRbacAttribute(Type entity) : Attribute
{
    /// <summary>The type, which has a KubernetesEntity attribute.</summary>
    public Type Entity { get; } = entity;

    /// <summary>What may be done.</summary>
    public RbacVerb Verbs { get; init; }

    /// <summary>The part of the object that it is about, such as "status"; empty for the object.</summary>
    public string Subresource { get; init; } = "";
}
