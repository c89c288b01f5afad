using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Sdk.Generation;

/// <summary>
/// The OpenAPI schema of a C# type: strings, numbers, booleans, dates, enums-by-attribute, lists, maps of strings and nested classes.
/// CEL rules are left out on purpose: API servers before 1.25 refuse a definition with them, so that every rule is the operator's own, too.
/// </summary>
public static class SchemaGenerator
{
    private const int MaxDepth = 12;

    /// <summary>The schema of a class.</summary>
    public static V1JSONSchemaProps Of(Type type) => Object(type, 0);

    private static V1JSONSchemaProps Object(Type type, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, MaxDepth);
        var properties = new SortedDictionary<string, V1JSONSchemaProps>(StringComparer.Ordinal);
        var required = new List<string>();
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.GetCustomAttribute<JsonIgnoreAttribute>() is null))
        {
            string name = NameOf(property);
            properties[name] = Property(property, depth);
            if (property.GetCustomAttribute<RequiredAttribute>() is not null)
            {
                required.Add(name);
            }
        }

        required.Sort(StringComparer.Ordinal);
        return new V1JSONSchemaProps
        {
            Type = "object",
            Description = type.GetCustomAttribute<DescriptionAttribute>()?.Text,
            Properties = new Dictionary<string, V1JSONSchemaProps>(properties),
            Required = required.Count > 0 ? required : null,
        };
    }

    private static V1JSONSchemaProps Property(PropertyInfo property, int depth)
    {
        V1JSONSchemaProps schema = Value(property.PropertyType, depth);
        schema.Description = property.GetCustomAttribute<DescriptionAttribute>()?.Text ?? schema.Description;
        schema.Minimum = property.GetCustomAttribute<RangeMinimumAttribute>()?.Minimum;
        schema.Maximum = property.GetCustomAttribute<RangeMaximumAttribute>()?.Maximum;
        schema.DefaultProperty = property.GetCustomAttribute<DefaultValueAttribute>()?.Value;
        schema.EnumProperty = property.GetCustomAttribute<EnumValuesAttribute>()?.Values.ToList();
        if (property.GetCustomAttribute<LengthAttribute>() is { } length)
        {
            V1JSONSchemaProps text = schema.AdditionalProperties as V1JSONSchemaProps ?? schema;
            text.MinLength = length.Minimum;
            text.MaxLength = length.Maximum;
        }

        if (property.GetCustomAttribute<PatternAttribute>() is { } pattern)
        {
            (schema.AdditionalProperties as V1JSONSchemaProps ?? schema).Pattern = pattern.Pattern;
        }

        if (property.GetCustomAttribute<ListMapKeyAttribute>() is { } map)
        {
            schema.XKubernetesListType = "map";
            schema.XKubernetesListMapKeys = [map.Key];
        }

        return schema;
    }

    private static V1JSONSchemaProps Value(Type declared, int depth)
    {
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
        {
            return new V1JSONSchemaProps { Type = "string" };
        }

        if (type == typeof(bool))
        {
            return new V1JSONSchemaProps { Type = "boolean" };
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return new V1JSONSchemaProps { Type = "integer", Format = type == typeof(int) ? "int32" : "int64" };
        }

        if (type == typeof(DateTime))
        {
            return new V1JSONSchemaProps { Type = "string", Format = "date-time" };
        }

        if (type.IsAssignableTo(typeof(IDictionary)) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>)))
        {
            return new V1JSONSchemaProps { Type = "object", AdditionalProperties = Value(type.GetGenericArguments()[1], depth + 1) };
        }

        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
        {
            return new V1JSONSchemaProps { Type = "array", Items = Value(type.GetGenericArguments()[0], depth + 1) };
        }

        return type.IsClass
            ? Object(type, depth + 1)
            : throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"no schema for {type}"));
    }

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
}
