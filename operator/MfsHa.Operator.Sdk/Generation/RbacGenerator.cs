using System.Reflection;
using k8s;
using k8s.Models;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Rbac;

namespace MfsHa.Operator.Sdk.Generation;

/// <summary>The ClusterRole that the classes of an operator ask for by their attributes.</summary>
public static class RbacGenerator
{
    /// <summary>The role.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="classes">Classes with <see cref="EntityRbacAttribute"/> or <see cref="GenericRbacAttribute"/>.</param>
    public static V1ClusterRole Of(string name, IEnumerable<Type> classes)
    {
        Type[] all = [.. classes];
        IEnumerable<(string Group, string Resource, RbacVerb Verbs)> wanted = all
            .SelectMany(static c => c.GetCustomAttributes<GenericRbacAttribute>())
            .SelectMany(static a => a.Groups.SelectMany(g => a.Resources.Select(r => (g, r, a.Verbs))))
            .Concat(all.SelectMany(static c => c.GetCustomAttributes<EntityRbacAttribute>()).Select(static a => (ApiResource.Of(a.Entity).Group, ResourceOf(a), a.Verbs)));
        return new V1ClusterRole
        {
            ApiVersion = "rbac.authorization.k8s.io/v1",
            Kind = "ClusterRole",
            Metadata = new V1ObjectMeta { Name = name },
            Rules =
            [
                .. wanted
                    .GroupBy(static w => (w.Group, w.Resource), static w => w.Verbs)
                    .Select(static g => (g.Key.Group, g.Key.Resource, Verbs: g.Aggregate(static (a, b) => a | b)))
                    .GroupBy(static w => (w.Group, w.Verbs), static w => w.Resource)
                    .OrderBy(static g => g.Key.Group, StringComparer.Ordinal).ThenBy(static g => g.Key.Verbs)
                    .Select(static g => new V1PolicyRule
                    {
                        ApiGroups = [g.Key.Group],
                        Resources = [.. g.Order(StringComparer.Ordinal)],
                        Verbs = [.. VerbsOf(g.Key.Verbs)],
                    }),
            ],
        };
    }

    /// <summary>The role as YAML.</summary>
    public static string Yaml(string name, IEnumerable<Type> classes) => KubernetesYaml.Serialize(Of(name, classes));

    private static string ResourceOf(EntityRbacAttribute attribute) =>
        ApiResource.Of(attribute.Entity).Plural + (attribute.Subresource.Length > 0 ? "/" + attribute.Subresource : "");

    private static IEnumerable<string> VerbsOf(RbacVerb verbs) =>
        Enum.GetValues<RbacVerb>().Where(v => v != RbacVerb.None && verbs.HasFlag(v)).Select(static v => v.ToString().ToLowerInvariant());
}
