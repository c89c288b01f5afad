using System.Reflection;
using System.Runtime.CompilerServices;
using MemoryPack;
using MfsHa.Metadata.Operations;
using Xunit;

namespace MfsHa.Metadata.Tests.Operations;

/// <summary>
/// Structs without references are serialised as they lie in memory. What lies between their fields is whatever was there before, so equal values would have different bytes: replicas would have
/// different checksums, and records that nobody has changed would look changed.
/// </summary>
public sealed class PaddingTests
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    [Fact]
    public void Nothing_that_is_serialised_has_bytes_between_its_fields()
    {
        var padded = typeof(Operation).Assembly.GetTypes()
            .Where(static t => t.GetCustomAttribute<MemoryPackableAttribute>() is not null && !t.ContainsGenericParameters)
            .SelectMany(static t => t.GetFields(Fields).Select(f => (Owner: t.Name, Type: Element(f.FieldType))).Append((Owner: t.Name, Type: t)))
            .Where(static f => IsPlain(f.Type) && SizeOf(f.Type) != Packed(f.Type))
            .Select(static f => $"{f.Owner}: {f.Type}").Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.Empty(padded);
    }

    private static Type Element(Type type) => type.IsArray ? type.GetElementType()! : type;

    private static bool IsPlain(Type type) => type is { IsValueType: true, IsPrimitive: false, IsEnum: false } && !HasReferences(type);

    private static bool HasReferences(Type type) =>
        type.GetFields(Fields).Any(static f => !f.FieldType.IsPrimitive && !f.FieldType.IsEnum && (!f.FieldType.IsValueType || HasReferences(f.FieldType)));

    private static int Packed(Type type) => type.IsPrimitive || type.IsEnum ? SizeOf(type) : type.GetFields(Fields).Sum(static f => Packed(f.FieldType));

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
