using System.Reflection;
using k8s;
using k8s.Models;
using MfsHa.Operator.Sdk.Attributes;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Sdk.Generation;

/// <summary>The CustomResourceDefinition of an entity's class.</summary>
public static class CrdGenerator
{
    /// <summary>The definition.</summary>
    public static V1CustomResourceDefinition Of(Type entity)
    {
        ApiResource resource = ApiResource.Of(entity);
        V1JSONSchemaProps spec = SchemaGenerator.Of(entity.GetProperty("Spec")!.PropertyType);
        V1JSONSchemaProps status = SchemaGenerator.Of(entity.GetProperty("Status")!.PropertyType);
        ScaleSubresourceAttribute? scale = entity.GetCustomAttribute<ScaleSubresourceAttribute>();
        return new V1CustomResourceDefinition
        {
            ApiVersion = "apiextensions.k8s.io/v1",
            Kind = "CustomResourceDefinition",
            Metadata = new V1ObjectMeta { Name = $"{resource.Plural}.{resource.Group}" },
            Spec = new V1CustomResourceDefinitionSpec
            {
                Group = resource.Group,
                Scope = "Namespaced",
                Names = new V1CustomResourceDefinitionNames
                {
                    Kind = resource.Kind,
                    ListKind = resource.Kind + "List",
                    Plural = resource.Plural,
                    Singular = resource.Kind.ToLowerInvariant(),
                    ShortNames = entity.GetCustomAttribute<KubernetesEntityShortNamesAttribute>()?.Names.ToList(),
                    Categories = ["storage"],
                },
                Versions =
                [
                    new V1CustomResourceDefinitionVersion
                    {
                        Name = resource.Version,
                        Served = true,
                        Storage = true,
                        Schema = new V1CustomResourceValidation
                        {
                            OpenAPIV3Schema = new V1JSONSchemaProps
                            {
                                Type = "object",
                                Description = entity.GetCustomAttribute<DescriptionAttribute>()?.Text,
                                Required = ["spec"],
                                Properties = new Dictionary<string, V1JSONSchemaProps>
                                {
                                    ["apiVersion"] = new() { Type = "string" },
                                    ["kind"] = new() { Type = "string" },
                                    ["metadata"] = Metadata(entity.GetCustomAttribute<MaxNameLengthAttribute>()?.Length),
                                    ["spec"] = spec,
                                    ["status"] = status,
                                },
                            },
                        },
                        Subresources = new V1CustomResourceSubresources
                        {
                            Status = new object(),
                            Scale = scale is null
                                ? null
                                : new V1CustomResourceSubresourceScale
                                {
                                    SpecReplicasPath = scale.SpecReplicasPath,
                                    StatusReplicasPath = scale.StatusReplicasPath,
                                    LabelSelectorPath = scale.LabelSelectorPath,
                                },
                        },
                        AdditionalPrinterColumns = [.. entity.GetCustomAttributes<GenericAdditionalPrinterColumnAttribute>().Select(static c => new V1CustomResourceColumnDefinition
                        {
                            Name = c.Name,
                            JsonPath = c.JsonPath,
                            Type = c.Type,
                            Priority = c.Priority == 0 ? null : c.Priority,
                        })],
                    },
                ],
            },
        };
    }

    // The name is all of the metadata that a definition may restrict.
    private static V1JSONSchemaProps Metadata(int? maxName) => new()
    {
        Type = "object",
        Properties = maxName is null ? null : new Dictionary<string, V1JSONSchemaProps> { ["name"] = new() { Type = "string", MaxLength = maxName } },
    };

    /// <summary>The definition as YAML.</summary>
    public static string Yaml(Type entity) => KubernetesYaml.Serialize(Of(entity));
}
