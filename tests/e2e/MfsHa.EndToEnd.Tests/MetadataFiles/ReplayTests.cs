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
    private const ulong Version = 1000;
    private const uint Time = 1_700_100_000;

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
            new MetadataGenerator(Objects, trashHours: 24).Write(file);
        }

        var changes = Changes.Split('\n');
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
