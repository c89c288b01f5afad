using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MfsHa.LargeMetadata;

/// <summary>
/// Writes a metadata.mfs of 3.0.117 of any size: directories on two levels with 98 files each, most with one chunk, every hundredth file with hard links, a symbolic link, extended attributes or an ACL, or in
/// the trash. Made from the description of the format alone, so that it tests what reads it; real mfsmasters load it, too.
/// </summary>
/// <param name="objects">Objects to make, 1000..500,000,000.</param>
/// <param name="trashHours">How long files stay in the trash, from November 2023 on; with the default nearly seven years, because a master that serves deletes what is older.</param>
public sealed class MetadataGenerator(uint objects, ushort trashHours = 60_000)
{
    /// <summary>Fewest objects.</summary>
    public const uint FewestObjects = 1000;

    /// <summary>Most objects.</summary>
    public const uint MostObjects = 500_000_000;

    /// <summary>Identity of the metadata.</summary>
    public const ulong MetaId = 0x6B0C_4EBD_0000_0001;

    private const uint Root = 1;
    private const uint PerDirectory = 100;
    private const uint DirectoriesPerTop = 1000;
    private const uint Time = 1_700_000_000;
    private const ulong FirstEdge = 0x7FFF_FFFF_FFFF_FFFE;
    private const byte Directory = 2;
    private const byte Symlink = 3;
    private const byte File = 1;
    private const byte Trash = 8;

    private enum Kind
    {
        Plain,
        Linked,
        Symlink,
        Trash,
        WithXattr,
        WithAcl,
        Large,
        Empty,
    }

    // Numbers: 2.. directories below the root, then directories below these, then files.
    private uint Tops => (Groups / DirectoriesPerTop) + 1;

    private uint Groups => objects / PerDirectory;

    private uint FirstGroup => Root + 1 + Tops;

    private uint FirstFile => FirstGroup + Groups;

    private uint Files => objects - Groups - Tops - 1;

    private ulong edge = FirstEdge;

    /// <summary>Writes the file.</summary>
    public void Write(Stream file)
    {
        var to = new BigEndianWriter(file);
        to.Text("MFSM 2.0");
        to.UInt64(1000);
        to.UInt64(MetaId);
        to.Section("SESS 1.5", WriteSessions);
        to.Section("SCLA 1.6", WriteClasses);
        to.Section("NODE 1.4", WriteNodes);
        to.Section("EDGE 1.1", WriteEdges);
        to.Section("FREE 1.0", static w => w.UInt32(0));
        to.Section("QUOT 1.1", static w => w.UInt32(0));
        to.Section("XATR 1.0", WriteXattrs);
        to.Section("PACL 1.1", WriteAcls);
        to.Section("OPEN 1.0", static w => w.Zeros(8));
        to.Section("FLCK 1.0", static w => w.Zeros(17));
        to.Section("PLCK 1.0", static w => w.Zeros(37));
        to.Section("CSDB 1.3", static w => w.UInt32(0));
        to.Section("CHNK 1.1", WriteChunks);
        to.Text("[MFS EOF MARKER]");
        to.Flush();
    }

    private static void WriteSessions(BigEndianWriter to)
    {
        to.UInt32(1);
        to.UInt16(0);
        to.Zeros(61);
    }

    private static void WriteClasses(BigEndianWriter to)
    {
        to.Byte(4);
        for (byte goal = 1; goal <= 9; goal++)
        {
            to.UInt16(goal);
            to.Byte(1);
            to.Byte(0);
            to.Byte(1);
            to.UInt16(0);
            to.Byte(goal);
            to.Byte(goal);
            to.Byte(goal);
            to.Text(goal.ToString(CultureInfo.InvariantCulture));
            to.Zeros(3 * goal * 4 * sizeof(uint));
        }

        to.Zeros(10);
    }

    private void WriteNodes(BigEndianWriter to)
    {
        to.UInt32(FirstFile + Files - 1);
        to.UInt32(1 + Tops + Groups + Files);
        for (var number = Root; number < FirstFile; number++)
        {
            WriteHead(to, Directory, number, 493);
        }

        for (uint i = 0; i < Files; i++)
        {
            var (number, kind) = (FirstFile + i, KindOf(i));
            if (kind == Kind.Symlink)
            {
                WriteHead(to, Symlink, number, 511);
                to.UInt32(6);
                to.Text("target");
                continue;
            }

            WriteHead(to, kind == Kind.Trash ? Trash : File, number, 420);
            var chunks = ChunksOf(kind);
            to.UInt64(kind switch { Kind.Empty => 0, Kind.Large => 70UL << 26, _ => 1000 + i });
            to.UInt32(chunks);
            for (uint chunk = 0; chunk < chunks; chunk++)
            {
                to.UInt64(ChunkOf(i, chunk));
            }
        }

        to.Byte(0);
    }

    private void WriteHead(BigEndianWriter to, byte type, uint number, ushort mode)
    {
        to.Byte(type);
        to.UInt32(number);
        to.Byte(type == Symlink ? (byte)0 : (byte)2);
        to.Byte(0);
        to.Byte(0);
        to.UInt16(mode);
        to.UInt32(1000);
        to.UInt32(100);
        to.UInt32(Time + (number % 1_000_000));
        to.UInt32(Time + 1 + (number % 1_000_000));
        to.UInt32(Time + 2 + (number % 1_000_000));
        to.UInt16(type == Trash ? trashHours : (ushort)24);
    }

    private void WriteEdges(BigEndianWriter to)
    {
        // Ids go down with every entry; within a directory they have to ascend.
        uint links = 0;
        for (uint i = 0; i < Files; i++)
        {
            links += KindOf(i) == Kind.Linked ? 2u : 1u;
        }

        edge = FirstEdge - Tops - Groups - links - 1;
        to.UInt64(edge++);
        for (uint top = 0; top < Tops; top++)
        {
            WriteEdge(to, Root, Root + 1 + top, $"top-{top:D4}");
        }

        for (uint top = 0; top < Tops; top++)
        {
            for (var group = top * DirectoriesPerTop; group < Math.Min(Groups, (top + 1) * DirectoriesPerTop); group++)
            {
                WriteEdge(to, Root + 1 + top, FirstGroup + group, $"directory-{group:D7}");
            }

            for (var group = top * DirectoriesPerTop; group < Math.Min(Groups, (top + 1) * DirectoriesPerTop); group++)
            {
                // Files were made in all directories by turns: neighbours in a directory are far from each other in numbers.
                for (var i = group; i < Files; i += Groups)
                {
                    WriteFileEdges(to, FirstGroup + group, i);
                }
            }
        }

        for (uint i = 0; i < Files; i++)
        {
            if (KindOf(i) == Kind.Trash)
            {
                WriteEdge(to, 0, FirstFile + i, $"top-0000/former/file-{i:D9}.dat");
            }
        }

        to.Zeros(18);
    }

    private void WriteFileEdges(BigEndianWriter to, uint directory, uint i)
    {
        if (KindOf(i) == Kind.Trash)
        {
            return;
        }

        WriteEdge(to, directory, FirstFile + i, $"file-{i:D9}.dat");
        if (KindOf(i) == Kind.Linked)
        {
            WriteEdge(to, directory, FirstFile + i, $"link-{i:D9}.dat");
        }
    }

    private void WriteEdge(BigEndianWriter to, uint parent, uint child, string name)
    {
        to.UInt32(parent);
        to.UInt32(child);
        to.UInt64(edge++);
        to.UInt16((ushort)name.Length);
        to.Text(name);
    }

    private void WriteXattrs(BigEndianWriter to)
    {
        for (uint i = 0; i < Files; i++)
        {
            if (KindOf(i) == Kind.WithXattr)
            {
                to.UInt32(FirstFile + i);
                to.Byte(6);
                to.UInt32(4);
                to.Text("user.a");
                to.UInt32(i);
            }
        }

        to.Zeros(9);
    }

    private void WriteAcls(BigEndianWriter to)
    {
        for (uint i = 0; i < Files; i++)
        {
            if (KindOf(i) == Kind.WithAcl)
            {
                to.UInt32(FirstFile + i);
                to.Byte(1);
                to.UInt16(6);
                to.UInt16(4);
                to.UInt16(4);
                to.UInt16(6);
                to.UInt16(1);
                to.UInt16(0);
                to.UInt32(1001);
                to.UInt16(6);
            }
        }

        to.Zeros(17);
    }

    private void WriteChunks(BigEndianWriter to)
    {
        // Above all, those of the last thousand files included.
        to.UInt64(1 + (((Files / 1000UL) + 1) * 2000));
        for (uint i = 0; i < Files; i++)
        {
            for (uint chunk = 0; chunk < ChunksOf(KindOf(i)); chunk++)
            {
                to.UInt64(ChunkOf(i, chunk));
                to.UInt32(1 + (i % 3));
                to.UInt32(0);
                to.Byte(0);
            }
        }

        to.Zeros(17);
    }

    private static Kind KindOf(uint i) => (i % 1000) switch
    {
        7 => Kind.Large,
        11 or 12 or 13 or 14 or 15 => Kind.Linked,
        21 or 22 or 23 => Kind.Symlink,
        31 or 32 or 33 or 34 => Kind.Trash,
        41 or 42 => Kind.WithXattr,
        51 or 52 => Kind.WithAcl,
        >= 900 and < 920 => Kind.Empty,
        _ => Kind.Plain,
    };

    private static uint ChunksOf(Kind kind) => kind switch
    {
        Kind.Large => 70,
        Kind.Symlink or Kind.Empty => 0,
        _ => 1,
    };

    // Room for the large files' further chunks behind the hundred of each thousand.
    private static ulong ChunkOf(uint i, uint chunk) => 1 + (((ulong)i / 1000) * 2000) + (i % 1000) + (chunk == 0 ? 0 : 1000 + chunk);

    /// <summary>Writes big-endian numbers; fills in the lengths of sections.</summary>
    private sealed class BigEndianWriter(Stream file)
    {
        private readonly byte[] waiting = new byte[1 << 20];
        private int length;
        private long flushed;

        private long Position => flushed + length;

        public void Section(string head, Action<BigEndianWriter> content)
        {
            Text(head);
            Flush();
            var place = file.Position;
            UInt64(ulong.MaxValue);
            var begin = Position;
            content(this);
            var bytes = (ulong)(Position - begin);
            Flush();
            var end = file.Position;
            file.Position = place;
            UInt64(bytes);
            Flush();
            flushed -= sizeof(ulong);
            file.Position = end;
        }

        public void Byte(byte value) => Room(1)[0] = value;

        public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Room(sizeof(ushort)), value);

        public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Room(sizeof(uint)), value);

        public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Room(sizeof(ulong)), value);

        public void Zeros(int count) => Room(count).Clear();

        public void Text(string text) => Encoding.ASCII.GetBytes(text, Room(text.Length));

        public void Flush()
        {
            file.Write(waiting, 0, length);
            flushed += length;
            length = 0;
        }

        private Span<byte> Room(int bytes)
        {
            if (length + bytes > waiting.Length)
            {
                Flush();
            }

            length += bytes;
            return waiting.AsSpan(length - bytes, bytes);
        }
    }
}
