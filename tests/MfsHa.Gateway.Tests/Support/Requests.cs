using System.Text;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Tests.Support;

/// <summary>Requests as root sends them.</summary>
internal static class Requests
{
    public static readonly Credentials Root = new(0, [0]);

    public static MakeDirectoryRequest MakeDirectory(uint parent, string name, ushort mode = 0x1FF) => new(parent, Bytes(name), mode, 0, new Credentials(0, [0]), true);

    public static CreateRequest Create(uint parent, string name) => new(parent, Bytes(name), 0x1B4, 0, new Credentials(0, [0]));

    public static LookupRequest Lookup(uint parent, string name) => new(parent, Bytes(name), new Credentials(0, [0]));

    public static UnlinkRequest Unlink(uint parent, string name) => new(parent, Bytes(name), new Credentials(0, [0]));

    public static RemoveDirectoryRequest RemoveDirectory(uint parent, string name) => new(parent, Bytes(name), new Credentials(0, [0]));

    public static RenameRequest Rename(uint parent, string from, string to) => new(parent, Bytes(from), parent, Bytes(to), new Credentials(0, [0]), null);

    public static ReadDirectoryRequest ReadDirectory(uint inode, ReadDirectoryFlags flags = ReadDirectoryFlags.None) => new(inode, new Credentials(0, [0]), flags, uint.MaxValue, 0);

    public static GetAttributesRequest GetAttributes(uint inode, bool opened = false) => new(inode, opened, 0, 0);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
