using System.Diagnostics.CodeAnalysis;
using MemoryPack;

namespace MfsHa.Metadata.Kernel;

/// <summary>Values encoded by MemoryPack.</summary>
/// <typeparam name="TValue">An immutable MemoryPackable type.</typeparam>
public readonly struct MemoryPackValue<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TValue> : IValueCodec<TValue>
    where TValue : notnull
{
    /// <inheritdoc/>
    public static byte[] Write(TValue value) => MemoryPackSerializer.Serialize(value);

    /// <inheritdoc/>
    public static TValue Read(ReadOnlySpan<byte> source) =>
        MemoryPackSerializer.Deserialize<TValue>(source) ?? throw new InvariantException($"a record of {typeof(TValue).Name} is empty");
}
