using MfsHa.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tests.Manual;

/// <summary>Unmodified mfsmount programs against a gateway over one node in memory.</summary>
public sealed class RealMountTests
{
    public static TheoryData<string> Programs => new(RealMount.Programs);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Names_work_as_in_any_file_system(string program)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var mount = await RealMount.MountAsync(program, gateway.Host.ClientEndPoint!);
        var output = await mount.RunAsync(
            """
            mkdir a && mkdir a/b && touch a/b/file && ln a/b/file hard && ln -s a/b/file soft && mkfifo fifo && mkdir a
            ls -R1; readlink soft; stat -c '%F %a %h' a/b/file
            mv a/b/file a/moved && cat a/moved; rmdir a/b; rmdir a; ls a
            chmod 600 hard; stat -c %a a/moved; chown 12:13 hard; stat -c '%u %g' hard
            rm hard a/moved soft fifo; rmdir a; ls -la | wc -l; df . | tail -1 | wc -w
            """);
        Assert.Equal(
            """
            mkdir: cannot create directory 'a': File exists
            .:
            a
            fifo
            hard
            soft

            ./a:
            b

            ./a/b:
            file
            a/b/file
            regular empty file 644 2
            rmdir: failed to remove 'a': Directory not empty
            moved
            600
            12 13
            3
            6

            """,
            output);
        Assert.Empty(gateway.Logs.Lines(LogLevel.Warning));
    }
}
