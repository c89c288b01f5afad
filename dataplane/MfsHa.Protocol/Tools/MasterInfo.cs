using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>Which of the shapes of INFO; told apart by length.</summary>
public enum MasterInfoForm
{
    /// <summary>149 bytes, of 3.0.117: the richest that mfscli of all versions accept.</summary>
    Common = 149,

    /// <summary>205 bytes, of 4.26 and later: with erasure coding; 3.x mfscli do not accept it.</summary>
    ErasureCoding = 205,
}

/// <summary>Chunks by how they are stored, in <see cref="MasterInfoForm.ErasureCoding"/>.</summary>
/// <param name="HypotheticalCopies">Copies that would be needed to store all chunks as copies.</param>
public readonly record struct ErasureCodingInfo(
    uint CopyChunks,
    uint Ec8Chunks,
    uint Ec4Chunks,
    ulong MetaId,
    ulong LastStoreMetaVersion,
    uint LastStoreChecksum,
    ulong AllCopies,
    ulong Ec8Parts,
    ulong Ec4Parts,
    ulong HypotheticalCopies);

/// <summary>What a master's role is, as far as tools know.</summary>
public enum MasterRole : byte
{
    Dummy = 0,
    Leader = 1,
    Elect = 2,
    Follower = 3,
    Usurper = 4,
    Deputy = 5,

    /// <summary>A community master, in all four bytes.</summary>
    Community = 0xFF,
}

/// <summary>INFO (`mfsmaster/matoclserv.c: matoclserv_info`). Space and memory in bytes, times in seconds since 1970.</summary>
/// <param name="SystemCpu">10,000,000 is 100 %; as <paramref name="UserCpu"/>.</param>
/// <param name="LastStoreMilliseconds">How long the last saving of metadata took.</param>
/// <param name="Copies">All copies of chunks; only in <see cref="MasterInfoForm.Common"/>, as <paramref name="RegularCopies"/>.</param>
/// <param name="Microseconds">Server's time since 1970.</param>
/// <param name="ErasureCoding">Needed for <see cref="MasterInfoForm.ErasureCoding"/>.</param>
public sealed record MasterInfo(
    PeerVersion Version,
    ulong Memory,
    ulong SystemCpu,
    ulong UserCpu,
    ulong TotalSpace,
    ulong AvailableSpace,
    ulong FreeSpace,
    ulong TrashSpace,
    uint TrashNodes,
    ulong SustainedSpace,
    uint SustainedNodes,
    uint Nodes,
    uint Directories,
    uint Files,
    uint Chunks,
    uint Copies,
    uint RegularCopies,
    uint LastStore,
    uint LastStoreMilliseconds,
    byte LastStoreStatus,
    MasterRole State,
    MasterRole NextState,
    byte Stable,
    byte Synchronised,
    uint LeaderIp,
    uint StateChange,
    ulong MetaVersion,
    ulong ExportsChecksum,
    ulong Microseconds,
    uint LastChangelog,
    ErasureCodingInfo? ErasureCoding = null)
{
    public static MasterInfo Parse(ref PacketReader reader)
    {
        if (reader.Length is not ((int)MasterInfoForm.Common or (int)MasterInfoForm.ErasureCoding))
        {
            reader.Fail("149 or 205 bytes", $"{reader.Length}");
        }

        bool coded = reader.Length == (int)MasterInfoForm.ErasureCoding;
        var info = new MasterInfo(
            new PeerVersion(reader.U32()), reader.U64(), reader.U64(), reader.U64(), reader.U64(), reader.U64(), reader.U64(),
            reader.U64(), reader.U32(), reader.U64(), reader.U32(), reader.U32(), reader.U32(), reader.U32(), reader.U32(),
            0, 0, 0, 0, 0, default, default, 0, 0, 0, 0, 0, 0, 0, 0);
        ErasureCodingInfo codes = default;
        if (coded)
        {
            codes = codes with { CopyChunks = reader.U32(), Ec8Chunks = reader.U32(), Ec4Chunks = reader.U32() };
        }
        else
        {
            info = info with { Copies = reader.U32(), RegularCopies = reader.U32() };
        }

        info = info with
        {
            LastStore = reader.U32(),
            LastStoreMilliseconds = reader.U32(),
            LastStoreStatus = reader.U8(),
            State = (MasterRole)reader.U8(),
            NextState = (MasterRole)reader.U8(),
            Stable = reader.U8(),
            Synchronised = reader.U8(),
            LeaderIp = reader.U32(),
            StateChange = reader.U32(),
            MetaVersion = reader.U64(),
            ExportsChecksum = reader.U64(),
        };
        if (coded)
        {
            codes = codes with
            {
                MetaId = reader.U64(),
                LastStoreMetaVersion = reader.U64(),
                LastStoreChecksum = reader.U32(),
                AllCopies = reader.U64(),
                Ec8Parts = reader.U64(),
                Ec4Parts = reader.U64(),
                HypotheticalCopies = reader.U64(),
            };
        }

        info = info with { Microseconds = reader.U64(), LastChangelog = reader.U32(), ErasureCoding = coded ? codes : null };
        reader.End();
        return info;
    }

    /// <exception cref="InvalidOperationException">The form needs <see cref="ErasureCoding"/>.</exception>
    public void Write(ref PacketWriter writer, MasterInfoForm form)
    {
        ErasureCodingInfo? codes = form == MasterInfoForm.Common ? null
            : ErasureCoding ?? throw new InvalidOperationException("the form needs erasure coding counters");
        writer.Begin(PacketType.InfoReply);
        writer.U32(Version.Wire);
        ReadOnlySpan<ulong> sizes = [Memory, SystemCpu, UserCpu, TotalSpace, AvailableSpace, FreeSpace, TrashSpace];
        foreach (ulong size in sizes)
        {
            writer.U64(size);
        }

        writer.U32(TrashNodes);
        writer.U64(SustainedSpace);
        ReadOnlySpan<uint> counts = [SustainedNodes, Nodes, Directories, Files, Chunks];
        foreach (uint count in counts)
        {
            writer.U32(count);
        }

        WriteChunkCounts(ref writer, codes);
        writer.U32(LastStore);
        writer.U32(LastStoreMilliseconds);
        writer.U8(LastStoreStatus);
        writer.U8((byte)State);
        writer.U8((byte)NextState);
        writer.U8(Stable);
        writer.U8(Synchronised);
        writer.U32(LeaderIp);
        writer.U32(StateChange);
        writer.U64(MetaVersion);
        writer.U64(ExportsChecksum);
        WriteCodes(ref writer, codes);
        writer.U64(Microseconds);
        writer.U32(LastChangelog);
        writer.End();
    }

    private static void WriteCodes(ref PacketWriter writer, ErasureCodingInfo? codes)
    {
        if (codes is not { } info)
        {
            return;
        }

        writer.U64(info.MetaId);
        writer.U64(info.LastStoreMetaVersion);
        writer.U32(info.LastStoreChecksum);
        writer.U64(info.AllCopies);
        writer.U64(info.Ec8Parts);
        writer.U64(info.Ec4Parts);
        writer.U64(info.HypotheticalCopies);
    }

    private void WriteChunkCounts(ref PacketWriter writer, ErasureCodingInfo? codes)
    {
        if (codes is { } info)
        {
            writer.U32(info.CopyChunks);
            writer.U32(info.Ec8Chunks);
            writer.U32(info.Ec4Chunks);
        }
        else
        {
            writer.U32(Copies);
            writer.U32(RegularCopies);
        }
    }
}
