using System.Buffers.Binary;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>An access control list; its text has one <c>tag:id:permissions</c> per entry, tags as setfacl's letters.</summary>
internal sealed class AclEntries(params (char Tag, uint Id, ushort Permissions)[] entries)
{
    private const uint Version = 2;
    private const int HeaderSize = 4;
    private const int EntrySize = 8;

    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderSize + (entries.Length * EntrySize)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Version);
        for (var i = 0; i < entries.Length; i++)
        {
            var target = bytes.AsSpan(HeaderSize + (i * EntrySize), EntrySize);
            BinaryPrimitives.WriteUInt16LittleEndian(target, Tag(entries[i].Tag));
            BinaryPrimitives.WriteUInt16LittleEndian(target[2..], entries[i].Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(target[4..], entries[i].Id);
        }
        return bytes;
    }

    public override string ToString() => string.Join(',', entries.Select(static e => $"{e.Tag}:{e.Id}:{e.Permissions}"));

    // linux/posix_acl.h: USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER.
    private static ushort Tag(char letter) => letter switch
    {
        'U' => 0x01,
        'u' => 0x02,
        'G' => 0x04,
        'g' => 0x08,
        'm' => 0x10,
        'o' => 0x20,
        _ => throw new ArgumentOutOfRangeException(nameof(letter)),
    };
}
