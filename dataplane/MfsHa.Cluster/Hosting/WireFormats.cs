using System.Runtime.CompilerServices;
using MemoryPack;
using MfsHa.Metadata.Operations;

namespace MfsHa.Cluster.Hosting;

/// <summary>
/// Makes MemoryPack know all our types before the first of them is used. It learns a type when it first meets it, and two threads that meet the
/// same type at the same time may find it half known (a NullReferenceException in MemoryPack 1.21.4, met at the start of three nodes).
/// </summary>
public static class WireFormats
{
    private static readonly Lazy<int> Registered = new(RegisterAll, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Registers everything, once; returns the number of types.</summary>
    public static int Register() => Registered.Value;

    /// <summary>Reads what another node sent. <see cref="FormatException"/> for anything that is no <typeparamref name="T"/>.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> message)
        where T : class
    {
        try
        {
            return MemoryPackSerializer.Deserialize<T>(message.Span) ?? throw new FormatException($"an empty {typeof(T).Name}");
        }
        catch (Exception e) when (e is not (FormatException or OutOfMemoryException))
        {
            // Nothing but the serialiser runs here; what it throws at noise depends on where the noise stops to make sense.
            throw new FormatException($"{message.Length} bytes that are no {typeof(T).Name}: {e.Message}", e);
        }
    }

    private static int RegisterAll()
    {
        var count = 0;
        foreach (var type in new[] { typeof(Operation).Assembly, typeof(WireFormats).Assembly }.SelectMany(static a => a.GetTypes()))
        {
            if (typeof(IMemoryPackFormatterRegister).IsAssignableFrom(type) && !type.ContainsGenericParameters)
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
                count++;
            }
        }

        return count;
    }
}
