namespace MfsHa.Testbed.Native;

// Extended attributes.
public static unsafe partial class Posix
{
    private const int AttributeLimit = 65536;

    /// <summary>lsetxattr(2); <paramref name="flags"/>: 0 create or replace, 1 only create, 2 only replace.</summary>
    public static void SetAttribute(string path, string name, ReadOnlySpan<byte> value, int flags = 0)
    {
        fixed (byte* bytes = value)
        {
            Check(Libc.SetAttribute(path, name, bytes, (nuint)value.Length, flags), "setxattr", $"{path} {name}");
        }
    }

    public static byte[] GetAttribute(string path, string name)
    {
        var buffer = new byte[AttributeLimit];
        fixed (byte* bytes = buffer)
        {
            var length = Check(Libc.GetAttribute(path, name, bytes, AttributeLimit), "getxattr", $"{path} {name}");
            return buffer[..(int)length];
        }
    }

    public static string[] ListAttributes(string path)
    {
        var buffer = new byte[AttributeLimit];
        fixed (byte* bytes = buffer)
        {
            var length = Check(Libc.ListAttributes(path, bytes, AttributeLimit), "listxattr", path);
            return ByteText.FromBytes(buffer.AsSpan(0, (int)length)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    public static void RemoveAttribute(string path, string name)
        => Check(Libc.RemoveAttribute(path, name), "removexattr", $"{path} {name}");
}
