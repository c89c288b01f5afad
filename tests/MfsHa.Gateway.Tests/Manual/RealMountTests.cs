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

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Attributes_of_all_kinds_work(string program)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var mount = await RealMount.MountAsync(program, gateway.Host.ClientEndPoint!);
        var output = await mount.RunAsync(
            """
            touch f; python3 - <<'PY'
            import os
            os.setxattr('f', 'user.a', b'1'); os.setxattr('f', 'user.b', b'22')
            print(sorted(os.listxattr('f')), os.getxattr('f', 'user.b'))
            os.removexattr('f', 'user.a'); print(os.listxattr('f'))
            try: os.setxattr('f', 'user.b', b'x', os.XATTR_CREATE)
            except OSError as e: print(e.errno)
            os.utime('f', (1000, 2000)); s = os.stat('f'); print(int(s.st_atime), int(s.st_mtime))
            os.truncate('f', 123456789); print(os.stat('f').st_size)
            fd = os.open('f', os.O_RDWR); os.unlink('f'); print(os.fstat(fd).st_nlink, os.fstat(fd).st_size); os.close(fd)
            os.mkdir('d', 0o700); os.mknod('d/null', 0o20600, os.makedev(1, 3)); print(os.stat('d/null').st_rdev == os.makedev(1, 3))
            PY
            """);
        Assert.Equal(
            """
            ['user.a', 'user.b'] b'22'
            ['user.b']
            17
            1000 2000
            123456789
            0 123456789
            True

            """,
            output);
        Assert.Empty(gateway.Logs.Lines(LogLevel.Warning));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Locks_hold_between_mounts(string program)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var first = await RealMount.MountAsync(program, gateway.Host.ClientEndPoint!);
        await using var second = await RealMount.MountAsync(program, gateway.Host.ClientEndPoint!);
        await first.RunAsync("touch f");
        // Each lock is held until the other mount has found it held, and then waits for it, or will soon.
        var holding = first.RunAsync("exec 9<>f; flock 9; echo held; until [ -e tried ]; do sleep 0.05; done; flock -u 9; until [ -e got ]; do sleep 0.05; done; echo released");
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<MfsHa.Metadata.Locks.Flock>().Any(), "the lock");
        Assert.Equal("busy\ngot it\n", await second.RunAsync("exec 9<>f; flock -n 9 || echo busy; (sleep 0.3; touch tried) & flock 9 && echo got it; touch got"));
        Assert.Equal("held\nreleased\n", await holding);

        var posix = first.RunAsync(
            "python3 -c \"import fcntl,os,time; f=open('f','r+'); fcntl.lockf(f, fcntl.LOCK_EX, 10, 0)\nwhile not os.path.exists('found'): time.sleep(0.05)\"");
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<MfsHa.Metadata.Locks.PosixLock>().Any(), "the lock");
        Assert.Equal(
            "other range\nbusy\nsame range\n",
            await second.RunAsync(
                """
                python3 - <<'PY'
                import fcntl
                f = open('f', 'r+')
                fcntl.lockf(f, fcntl.LOCK_EX, 10, 10); print('other range')
                try: fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 5)
                except OSError: print('busy')
                open('found', 'w').close()
                fcntl.lockf(f, fcntl.LOCK_EX, 1, 5); print('same range')
                PY
                """));
        Assert.Empty(await posix);
        Assert.Empty(gateway.Logs.Lines(LogLevel.Warning));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Broken_connections_are_not_noticed_by_applications(string program)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var mount = await RealMount.MountAsync(program, gateway.Host.ClientEndPoint!);
        using var enough = new CancellationTokenSource();
        var breaking = Task.Run(async () =>
        {
            var breaks = 0;
            while (!enough.IsCancellationRequested)
            {
                await Task.Delay(Random.Shared.Next(50, 300), CancellationToken.None);
                breaks += gateway.Host.EndSessions("the test breaks it");
            }

            return breaks;
        });

        // Every step would fail if it was executed twice or not at all.
        var output = await mount.RunAsync(
            """
            for n in 0 1 2 3; do (for i in $(seq 150); do
              mkdir d$n.$i && touch d$n.$i/f && mv d$n.$i/f d$n.$i/g && ln d$n.$i/g d$n.$i/h && rm d$n.$i/g && rm d$n.$i/h && rmdir d$n.$i || echo failed $n.$i
            done) & done; wait; ls | wc -l
            """);
        await enough.CancelAsync();
        var breaks = await breaking;
        Assert.Equal("0\n", output);
        Assert.True(breaks > 10, $"{breaks} breaks");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Tools_work_through_a_mount(string program)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var mount = await RealMount.MountAsync(program, gateway.Host.ClientEndPoint!);
        var output = await mount.RunAsync(
            $"""
            export PATH={Path.GetDirectoryName(program)}:$PATH
            """ +
            """

            mkdir -p d/e; touch d/f d/e/g
            mfssetgoal -r 3 d; mfsgetgoal -r d; mfssettrashtime -r 3600 d || mfssettrashretention -r 1h d; mfsgettrashtime d/f
            mfsseteattr -r -f noowner d; mfsgeteattr d
            mfsdirinfo d; mfsfileinfo d/f; mfscheckfile d/f
            mfssetquota -i 5 d; mfsgetquota d; for i in 1 2 3 4 5 6; do touch d/q$i; done
            mfsdelquota -a d; touch d/q7; ls d | wc -l; mfsfilepaths d/f
            truncate -s 200M d/f; mfscheckfile d/f; mfsappendchunks d/new d/f && stat -c %s d/new
            """);
        string[] lines =
        [
            " inodes with permission denied:                  0", "d/f: 3600", "d: noowner", "  directories:                    2",
            "no chunks - empty file", " inodes   |                    3 |                    5 |", " inodes   |                    9 |                    - |",
            "\n9\n", "\nd/f\n", "\n209715200\n",
        ];
        Assert.All(lines, line => Assert.Contains(line, output, StringComparison.Ordinal));

        // Tools of 3.x see the predefined classes as the goals that they are.
        Assert.Matches(program.StartsWith("/usr/", StringComparison.Ordinal) ? @"files with goal\s+3 :\s+2" : "storage class", output);
        Assert.Empty(gateway.Logs.Lines(LogLevel.Warning));
    }
}
