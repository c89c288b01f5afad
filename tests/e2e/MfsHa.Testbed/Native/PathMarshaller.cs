using System.Runtime.InteropServices.Marshalling;

namespace MfsHa.Testbed.Native;

/// <summary>Passes strings to the C library as <see cref="ByteText"/> writes them.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(ManagedToUnmanagedIn))]
internal static class PathMarshaller
{
    /// <summary>Lives for one call.</summary>
    public unsafe ref struct ManagedToUnmanagedIn
    {
        private byte* memory;

        public void FromManaged(string managed)
        {
            var bytes = ByteText.ToBytes(managed);
            memory = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(memory, bytes.Length));
            memory[bytes.Length] = 0;
        }

        public readonly byte* ToUnmanaged() => memory;

        public void Free()
        {
            System.Runtime.InteropServices.NativeMemory.Free(memory);
            memory = null;
        }
    }
}
