using System.Runtime.InteropServices;

namespace MfsHa.Node.Posix;

/// <summary>A list of strings as exec takes them: an array of pointers that ends with a null pointer.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    /// <param name="strings">Bytes without the final zero.</param>
    public NativeStrings(IReadOnlyList<byte[]> strings)
    {
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Count; i++)
        {
            Pointer[i] = (byte*)NativeMemory.AllocZeroed((nuint)strings[i].Length + 1);
            strings[i].CopyTo(new Span<byte>(Pointer[i], strings[i].Length));
        }
    }

    public byte** Pointer { get; private set; }

    public void Dispose()
    {
        if (Pointer is null)
        {
            return;
        }

        for (byte** item = Pointer; *item is not null; item++)
        {
            NativeMemory.Free(*item);
        }

        NativeMemory.Free(Pointer);
        Pointer = null;
    }
}
