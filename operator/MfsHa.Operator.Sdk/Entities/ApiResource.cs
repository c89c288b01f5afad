using System.Reflection;
using k8s.Models;

namespace MfsHa.Operator.Sdk.Entities;

/// <summary>Where the API server keeps the objects of a kind.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">Version, such as "v1".</param>
/// <param name="Plural">Name in paths, such as "pods".</param>
/// <param name="Kind">Name in objects, such as "Pod".</param>
public sealed record ApiResource(string Group, string Version, string Plural, string Kind)
{
    /// <summary>As objects write it.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The resource of a type.</summary>
    public static ApiResource Of<T>() => Of(typeof(T));

    /// <summary>The resource of a type with a <see cref="KubernetesEntityAttribute"/>.</summary>
    public static ApiResource Of(Type type)
    {
        KubernetesEntityAttribute attribute = type.GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new ArgumentException($"{type} has no [KubernetesEntity]", nameof(type));
        return new ApiResource(attribute.Group ?? "", attribute.ApiVersion, attribute.PluralName, attribute.Kind);
    }

    /// <inheritdoc/>
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
