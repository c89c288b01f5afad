using MfsHa.Protocol.Client;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Golden;

/// <summary>Fields of recorded requests whose values are known from the work that caused them (Recording/posix_work.py).</summary>
public class MountFieldTests
{
    public static TheoryData<string> Files => new(GoldenFile.Names("mfsmount"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Session_is_opened_by_the_programs_version(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        List<RegisterRequest> registers = [.. file.Exchanges
            .Where(e => e.Request is { Type: PacketType.Register })
            .Select(e => Packets.Read(e.Request!.Payload, RegisterRequest.Parse))];

        Assert.All(registers.OfType<NewSessionRegister>(), r => Assert.Equal(file.Peer, r.Version));
        Assert.All(registers.OfType<ReconnectRegister>(), r => Assert.True(r.Version == file.Peer && r.MetaId is not null));
        Assert.Contains(registers.OfType<NewSessionRegister>(), r => Packets.Text(r.Path) == "/secret" && r.Passcode is not null);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Names_modes_and_callers_are_those_of_the_work(string name)
    {
        GoldenFile file = GoldenFile.Load(name);

        Assert.Contains(Requests<MakeDirectoryRequest>(file), r => Packets.Text(r.Name) == "dir"
            && r is { Parent: 1, Mode: 0x1ED, Umask: 0x12, CopySetGid: true, Caller: { Uid: 0, PrimaryGroup: 0 } });
        Assert.Contains(Requests<SymlinkRequest>(file), r => Packets.Text(r.TrimmedTarget) == "target/of link" && Packets.Text(r.Name) == "symlink");
        Assert.Contains(Requests<MakeNodeRequest>(file), r => r is { NodeType: NodeType.CharDevice, Device: 0x103 });
        Assert.Contains(Requests<MakeNodeRequest>(file), r => r is { NodeType: NodeType.BlockDevice, Mode: 0x180 });
        Assert.Contains(Requests<MakeNodeRequest>(file), r => r is { NodeType: NodeType.Socket });
        Assert.Contains(Requests<LinkRequest>(file), r => Packets.Text(r.DestinationName) == "hard link");
        Assert.Contains(Requests<RenameRequest>(file), r => Packets.Text(r.DestinationName) == "renamed" && Packets.Text(r.SourceName) == "fifo");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Rename_modes_are_sent_by_4_x_to_4_x_only(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        bool knowsModes = file.Peer.RenameHasMode && file.Master.RenameHasMode;

        Assert.All(Requests<RenameRequest>(file), r => Assert.Equal(knowsModes, r.Mode is not null));
        Assert.Equal(knowsModes, Requests<RenameRequest>(file).Any(r => r.Mode == RenameMode.Exchange));
        Assert.Equal(knowsModes, Requests<RenameRequest>(file).Any(r => r.Mode == RenameMode.NoReplace));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Ends_of_writes_have_a_range_from_4_x_to_4_x_only(string name)
    {
        GoldenFile file = GoldenFile.Load(name);

        Assert.All(Requests<WriteChunkEndRequest>(file), r => Assert.Equal(file.Peer.WriteEndHasRange && file.Master.WriteEndHasRange, r.Range is not null));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Attributes_locks_and_xattrs_are_those_of_the_work(string name)
    {
        GoldenFile file = GoldenFile.Load(name);

        Assert.Contains(Requests<SetAttributesRequest>(file), r => r.Mask.HasFlag(SetAttributesMask.Mode) && r is { Mode: 0xDED, WinAttr: not null });
        Assert.Contains(Requests<SetAttributesRequest>(file), r => r.Mask.HasFlag(SetAttributesMask.AccessTime | SetAttributesMask.ModificationTime)
            && r is { AccessTime: 1_000_000_000, ModificationTime: 1_100_000_000 });
        Assert.Contains(Requests<SetXattrRequest>(file), r => Packets.Text(r.Name) == "user.golden" && Packets.Text(r.Value) == "value");
        Assert.Contains(Requests<SetAclRequest>(file), r => r.AclType == AclType.Access
            && r.Acl.NamedUsers.ToArray().SequenceEqual([new AclEntry(1234, 6), new AclEntry(1235, 4)])
            && r.Acl.NamedGroups.ToArray().SequenceEqual([new AclEntry(77, 5)]));
        Assert.Contains(Requests<PosixLockRequest>(file), r => r is { Start: 50, End: 150, LockType: PosixLockType.Write });
        Assert.Contains(Requests<FlockRequest>(file), r => r.Command == FlockCommand.Interrupt);
        Assert.Contains(Requests<TruncateRequest>(file), r => r is { Length: 5000, Flags: TruncateFlags.Opened });
        Assert.Contains(Requests<TruncateRequest>(file), r => r is { Length: 8, Flags: TruncateFlags.Opened | TruncateFlags.Update | TruncateFlags.Reserve });
        Assert.Contains(Requests<QuotaControlRequest>(file), r => r.Setting is { GraceSeconds: 3600, Soft.Inodes: 100, Hard: { Inodes: 200, Length: 1 << 30 } });
    }

    private static IEnumerable<T> Requests<T>(GoldenFile file)
        where T : IClientRequest<T> => file.Exchanges
            .Where(e => e.Request?.Type == T.Type)
            .Select(e => MountReplies.Body<T>(e.Request!, file.Peer));
}
