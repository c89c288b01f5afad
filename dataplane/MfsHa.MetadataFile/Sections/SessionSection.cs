using MfsHa.Metadata.SystemGroup;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Sections;

/// <summary>SESS: client sessions (mfsmaster/sessions.c: sessions_store, sessions_load).</summary>
internal sealed class SessionSection : ISection
{
    private const byte Version15 = 0x15;
    private const byte Version16 = 0x16;
    private const int FixedLength = 61;
    private const int MaxStatistics = 256;

    /// <inheritdoc/>
    public string Name => "SESS";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version15;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version is Version15 or Version16;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        file.UInt32(context.System.Cluster!.NextSession);
        file.UInt16(0); // no statistics
        foreach (var (_, session) in context.System.Sessions.All())
        {
            if (!WriteContext.IsKept(session))
            {
                continue;
            }

            WriteSession(file, session);
            context.Report.Sessions++;
            yield return default;
        }

        file.Zeros(FixedLength);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        var next = file.UInt32();
        var statistics = file.UInt16();
        if (statistics > MaxStatistics)
        {
            throw file.Damaged($"{statistics} statistics per session; at most {MaxStatistics} were expected");
        }

        while (true)
        {
            var id = file.UInt32();
            var session = ReadSession(file, version, id, statistics, target.Now);
            if (id == 0)
            {
                break;
            }

            if (id > SessionRecord.MaxId || target.System.Sessions.Contains(id))
            {
                throw file.Damaged($"session {id} comes twice or is out of range");
            }

            target.System.Sessions.Set(id, session);
            target.Report.Sessions++;
            target.Step();
            next = Math.Max(next, id + 1);
        }

        target.System.Cluster = target.System.Cluster! with { NextSession = Math.Max(next, 1) };
        target.Step();
    }

    private static void WriteSession(FileBuilder file, SessionRecord session)
    {
        var granted = session.Parameters;
        file.UInt32(session.Id);
        file.UInt64(granted.ExportsChecksum);
        file.UInt32((uint)granted.Info.Length);
        file.UInt32(granted.PeerAddress);
        file.UInt32(granted.RootInode);
        file.Byte((byte)granted.Flags);
        file.UInt16(granted.Umask);
        file.Byte(granted.MinGoal);
        file.Byte(granted.MaxGoal);
        file.UInt32(granted.MinTrashSeconds);
        file.UInt32(granted.MaxTrashSeconds);
        file.UInt32(granted.RootUid);
        file.UInt32(granted.RootGid);
        file.UInt32(granted.MapAllUid);
        file.UInt32(granted.MapAllGid);
        file.UInt32((uint)granted.Disables);
        file.UInt32(session.Disconnected);
        file.Bytes(granted.Info);
    }

    private static SessionRecord ReadSession(FileParser file, byte version, uint id, int statistics, uint now)
    {
        var checksum = file.UInt64();
        var infoLength = file.UInt32();
        var parameters = new SessionParameters
        {
            ExportsChecksum = checksum,
            PeerAddress = file.UInt32(),
            RootInode = file.UInt32(),
            Flags = (SessionFlags)file.Byte(),
            Umask = file.UInt16(),
        };
        if (version == Version15)
        {
            var (least, most) = (file.Byte(), file.Byte());
            parameters = parameters with { MinGoal = least, MaxGoal = most, StorageClassGroups = GroupsOf(least, most) };
        }
        else
        {
            parameters = parameters with { StorageClassGroups = file.UInt16() };
        }

        parameters = parameters with
        {
            MinTrashSeconds = file.UInt32(),
            MaxTrashSeconds = file.UInt32(),
            RootUid = file.UInt32(),
            RootGid = file.UInt32(),
            MapAllUid = file.UInt32(),
            MapAllGid = file.UInt32(),
            Disables = (DisabledOperations)file.UInt32(),
        };
        var disconnected = file.UInt32();
        for (var i = 0; i < 2 * statistics; i++)
        {
            _ = file.UInt32();
        }

        if (infoLength > SessionParameters.MaxInfoLength)
        {
            throw file.Damaged($"session {id} has a mount point of {infoLength} bytes; at most {SessionParameters.MaxInfoLength} were expected");
        }

        return new SessionRecord
        {
            Id = id,
            Parameters = parameters with { Info = file.Bytes((int)infoLength) },
            Disconnected = disconnected == 0 ? now : disconnected, // nobody is connected yet
        };
    }

    // As 4.57 reads goals: bit 0 and one bit for each goal.
    private static ushort GroupsOf(byte least, byte most)
    {
        const int Groups = 16;
        ushort groups = 1;
        for (int goal = least; goal <= most && goal < Groups; goal++)
        {
            groups |= (ushort)(1 << goal);
        }

        return groups;
    }
}
