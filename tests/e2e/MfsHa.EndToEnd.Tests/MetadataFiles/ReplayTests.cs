using System.Globalization;
using MfsHa.LargeMetadata;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>Every operation of changelogs that an import replays, also those that no client asks for: a real mfsmaster replays the same lines on the same file, and both have the same afterwards.</summary>
public sealed class ReplayTests
{
    private const uint Objects = 20_000;

    // Hours: nothing that the generated file has in its trash is due while the test runs, so what a node does by itself changes nothing.
    private const ushort LongRetention = ushort.MaxValue;
    private const ulong Version = 1000;

    // Of the first change. So lately that a node that starts on the result has nothing to do yet: no trash is due, and freed numbers rest; and so long ago that no chunk is locked any more.
    private static readonly uint Time = (uint)DateTimeOffset.UtcNow.AddMinutes(-30).ToUnixTimeSeconds();

    // Numbers are those of the generated file: 3..202 are directories, in which 203.. lie by turns; 20001 and chunk 40001 are the next ones.
    private const string Changes = """
        SESADD(#77,1,4,0022,0,0,0,0,1,9,0,4294967295,0x00000000,167772161,/mnt%2Ca%25):1
        CREATE(1,new dir,2,511,18,1000,100,0):20001
        CREATE(20001,a%2Cb,1,438,18,1000,100,0):20002
        ACQUIRE(1,20002)
        WRITE(20002,0,1,1):40001
        LENGTH(20002,5000,1)
        UNLOCK(40001)
        WRITE(20002,3,1,1):40002
        LENGTH(20002,201326669,0)
        UNLOCK(40002)
        TRUNC(20002,3):40002
        UNLOCK(40002)
        LENGTH(20002,201326599,1)
        WRITE(20002,0,1,0):40001
        SYMLINK(20001,link,../target%20x,5,6):20003
        LINK(20002,1,hard)
        CREATE(20001,dev,5,420,0,0,0,2065):20004
        FLOCK(20002,1,99,W)
        FLOCK(20002,1,99,U)
        FLOCK(20002,1,98,R)
        POSIXLOCK(20002,1,5,W,10,30,77)
        POSIXLOCK(20002,1,5,U,12,15,77)
        UNLINK(3,file-000000000.dat):203
        UNLINK(10,file-000000007.dat):210
        MOVE(4,file-000000001.dat,5,file-000000002.dat):204
        MOVE(6,file-000000003.dat,20001,moved):206
        UNLINK(14,file-000000011.dat):214
        ATTR(208,384,7,8,1000000000,1100000000,0,384)
        ATTR(254,448,1000,100,1700000000,1700000001,0,4592)
        ACCESS(209)
        AMTIME(211,1500000000,1500000001,1500000002)
        SETXATTR(212,user.x,a%00%2C%25%FF,0)
        SETXATTR(212,user.y,b,0)
        SETXATTR(212,user.x,,3)
        SETACL(213,416,1,1,6,4,0,6,1,1,%00%00%03%E8%00%04%00%00%07%D0%00%06)
        SETACL(20001,493,0,2,7,5,5,65535,0,0,)
        CREATE(20001,heir,1,438,18,1000,100,0):20005
        QUOTA(20001,0,51,0,1000,2000,1000000,2000000,0,0,0,0,604800)
        IDLE()
        CHUNKADD(40008,3,0)
        CHUNKDEL(40008,3)
        CSDBOP(0,167772417,9422,1)
        CSDBOP(0,167772418,9422,2)
        CSDBOP(4,167772418,9422,1700200000)
        CSDBOP(2,167772419,9422,1)
        UNLINK(20001,a%2Cb):20002
        UNLINK(1,hard):20002
        SETVERSION(40001,9)
        SESDISCONNECTED(1)
        SESADD(#78,1,4,0000,0,0,0,0,1,9,0,4294967295,0x00000000,167772162,/b):2
        ACQUIRE(2,215)
        RELEASE(2,215)
        ACQUIRE(2,216)
        SESDEL(2)
        PURGE(203)
        WRITE(217,0,0,1):15
        ROLLBACK(217,0,15,15)
        SETTRASHTIME(234,0,0,0):1,0,0
        EMPTYTRASH(234):1,0,234
        IDLE()
        FREEINODES(1):2,0,33
        CREATE(1,reuses,1,438,18,0,0,0):203
        SETTRASHTIME(219,0,0,0):1,0,0
        ACQUIRE(1,219)
        UNLINK(19,file-000000016.dat):219
        RELEASE(1,219)
        EMPTYSUSTAINED(219):1,219
        SETEATTR(220,0,1,0):1,0,0
        SETSCLASS(222,0,3,3,0):1,0,0
        SETTRASHTIME(222,0,7300,1):0,1,0
        LENGTH(20005,5,1)
        SNAPSHOT(20001,1,copy,0,0,0,[0],18):234,0,0,0,0,5
        LINK(20005,20001,heir too)
        ATTR(20005,420,1000,100,1700000000,1700000001,0,0)
        SNAPSHOT(20001,1,linked,10,0,1000,[100],18):20014,0,0,0,1,5
        LENGTH(20005,17,1)
        SNAPSHOT(20001,1,copy,1,4,0,[0],18):20025,0,1,4,0,1
        SETPATH(210,back/again/file)
        UNDEL(210)
        CREATE(20001,next,1,438,18,0,0,0):20019
        APPEND(217,218,0,0)
        APPEND(217,221,0,0)
        REPAIR(227,0):0
        SNAPSHOT(0,1,linked,132,0,0,[0],18):5,6,0,0,0,0
        ARCHCHG(230,0,1):1,0,0
        ACCESS(230)
        ARCHCHG(230,0,1):0,1,0
        ARCHCHG(230,0,0):1,0,0
        ARCHCHG(12,0,1):99,0,0
        ARCHCHG(13,7,1):0,0,99
        SETFILECHUNK(229,0,0)
        """;

    // What 3.x and 4.x write differently, or only 4.x has. An mfsmaster of 3.x cannot replay a repair that keeps the chunk: it counts that change twice.
    private const string Changes3 = """
        SCSET(two places,1,W1,K2,A2,1,3,0,1,0,0,0,1,0,0,0,2,0,0,0,1,0,0,0,6,1,0,0):10
        SCDUP(two places,another):10,11
        SCSET(another,0,W1,K1,A1,2,0,1,0,0,0,0,4,0,0,0,0,0,0,0):11
        SCREN(another,renamed):11
        SETSCLASS(227,0,3,10,0):1,0,0
        SCDUP(two places,short):10,12
        SCDEL(renamed):11
        SCDUP(two places,again):10,11
        """;

    private const string Changes4 = """
        SCSET(two places,1,C(1:0:255),K(2:0:255),A(2:0:0:255),T(0:0:0:255),1,(1:72:0),0,0,C0,C0,C1,C0,FF):10
        SCDUP(two places,another):10,11
        SCSET(another,0,C(0:0:1),K(1:0:2),A(0:0:0:255),T(1:0:0:255),2,(9:30:1048576),24,1,C3,C0C180):11
        SCREN(another,renamed):11
        SETSCLASS(227,0,3,10,0):1,0,0
        SCDUP(two places,short):10,12
        SCDEL(renamed):11
        PATADD(*.tmp,4294967295,4294967295,5,7,10,48,1,2)
        PATADD(x*,1000,100,9,2,0,24,0)
        CREATE(20001,x.tmp,1,438,18,1000,100,0):20020
        CREATE(20001,y.tmp,1,438,18,1000,100,0):20021
        PATDEL(x*,1000,100)
        REPAIR(223,0):7
        AUTOARCH(231,1700000000,0):1,0
        AUTOARCH(233,1700000000):1
        UNLINK(20,file-000000017.dat):220
        TRASH_RECOVER(220,20001,a/b/next,18,1000,100,0):()
        UNLINK(28,file-000000025.dat):228
        TRASH_RECOVER(228,20001,next,18,0,0,0):(next %281%29)
        ADDATTR(15,15,%01%06%00%02%06%75%73%65%72%2E%70%00%00%00%03%31%2C%29%06%75%73%65%72%2E%71%00%00%00%00%03%00%07%00%05%00%00%00%07%00%01%00%00%00%00%03%E8%00%06%00%07%00%05%00%05%FF%FF%00%00%00%00)
        CREATE(15,heir,1,438,18,1000,100,0):20024
        ADDATTR(15,4,%00%02%06%75%73%65%72%2E%71%00%00%00%01%32%06%75%73%65%72%2E%72%00%00%00%00)
        ADDATTR(254,8,%01%00%06%00%04%00%04%FF%FF%00%00%00%00)
        SETACL(20024,420,1,1,6,4,4,65535,0,0,)
        SCSET(back again,1,C(0:0:255),K(1:0:255),A(1:0:0:255),T(0:0:0:255),1,(11:1:0),0,0,C0,C1):11
        SCSET(large ones,1,C(0:0:255),K(1:0:255),A(1:0:0:255),T(0:0:0:255),1,(8:0:1048576),0,0,C0,C1):13
        ARCHCHG(240,0,1):1,0,0
        SETSCLASS(240,0,3,11,0):1,0,0
        ARCHCHG(240,0,1):1,0,0
        ACCESS(240)
        ARCHCHG(240,0,1):0,1,0
        SETXATTR(240,user.z,v,0)
        ARCHCHG(240,0,1):1,0,0
        AMTIME(240,1500000000,1500000001,1500000002)
        ARCHCHG(240,0,1):0,1,0
        LINK(240,1,other name)
        ARCHCHG(240,0,1):1,0,0
        UNLINK(1,other name):240
        ARCHCHG(240,0,1):1,0,0
        AMTIME(240,1500000000,1500000001,1500000002)
        SNAPSHOT(240,1,of old,0,0,0,[0],18):20025,0,0,0,0,1
        ARCHCHG(240,0,1):0,1,0
        SNAPSHOT(240,1,of old too,1,0,0,[0],18):20026,0,0,0,0,1
        ARCHCHG(240,0,1):0,1,0
        ATTR(20025,420,0,0,1500000000,1500000001,0,0)
        ARCHCHG(20025,0,1):1,0,0
        MOVE(1,of old,1,moved again):20025
        ARCHCHG(20025,0,1):1,0,0
        SETTRASHTIME(20025,0,100,0):1,0,0
        ARCHCHG(240,0,1):1,0,0
        SETXATTR(20025,user.z,v,0)
        ARCHCHG(240,0,1):0,1,0
        SETSCLASS(241,0,3,13,0):1,0,0
        LENGTH(241,2000000,0)
        ARCHCHG(241,0,1):1,0,0
        LENGTH(241,1500000,0)
        ARCHCHG(241,0,1):0,1,0
        LENGTH(241,5,0)
        ARCHCHG(241,0,1):1,0,0
        CHUNKFLAGSCLR(39)
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_operations_do_what_they_do_in_an_mfsmaster(bool newer)
    {
        var release = newer ? MooseFsRelease.V4 : MooseFsRelease.V3;
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var folder = environment.CreateFolder("crashed");
        var stored = Path.Combine(folder, "metadata.mfs.back");
        await using (var file = new FileStream(stored, FileMode.CreateNew))
        {
            new MetadataGenerator(Objects, trashHours: LongRetention).Write(file);
        }

        string[] changes = [.. Changes.Split('\n'), .. (newer ? Changes4 : Changes3).Split('\n')];
        string[] lines = [.. changes.Select(static (change, i) => string.Create(CultureInfo.InvariantCulture, $"{Version + (ulong)i}: {Time + i}|{change}"))];
        await File.WriteAllLinesAsync(Path.Combine(folder, "changelog.0.mfs"), lines, Cancellation);
        var master = await MfsMaster.CreateAsync(environment, release, stored, name: "restores", cancellation: Cancellation);
        File.Move(Path.Combine(master.DataFolder, "metadata.mfs"), Path.Combine(master.DataFolder, "metadata.mfs.back"));
        File.Copy(Path.Combine(folder, "changelog.0.mfs"), Path.Combine(master.DataFolder, "changelog.0.mfs"));
        await master.RestoreAsync(Cancellation);
        var restored = await MetadataDump.ReadAsync(release, Path.Combine(master.DataFolder, "metadata.mfs"), Cancellation);

        var cluster = await MfsHaCluster.CreateAsync(environment, settings: RealMasters.LeaveTimes, cancellation: Cancellation);
        var (said, exported) = await RealMasters.ImportAndExportAsync(cluster, stored, environment.CreateFolder("exported"), newer ? "4.x" : "3.0", Cancellation);
        Assert.Contains($"changes replayed from changelogs: {lines.Length}\n", said, StringComparison.Ordinal);
        RealMasters.AssertNone(restored.Differences(await MetadataDump.ReadAsync(release, exported, Cancellation), ignored: newer ? "SCLASS" : null));
    }
}
