using System.Runtime.InteropServices;
using MemoryPack;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Chunks;

/// <summary>How many slots of files of one storage class refer to a chunk.</summary>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct ClassReferences(byte StorageClass, uint References)
{
    /// <summary>The list, ascending by class, with a class's count changed; <see cref="InvariantException"/> if it would become negative.</summary>
    public static ClassReferences[] Changed(ClassReferences[] classes, byte storageClass, int change)
    {
        var place = Array.FindIndex(classes, c => c.StorageClass == storageClass);
        var count = (place < 0 ? 0 : (long)classes[place].References) + change;
        if (count < 0)
        {
            throw new InvariantException($"storage class {storageClass} has fewer than no references to a chunk");
        }

        var others = classes.Where(c => c.StorageClass != storageClass);
        if (count > 0)
        {
            others = others.Append(new ClassReferences(storageClass, (uint)count));
        }

        return [.. others.OrderBy(static c => c.StorageClass)];
    }
}
