using System.Globalization;
using MfsHa.EndToEnd.Tests.Chunks;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.EndToEnd.Tests.Transcripts;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Tools;

/// <summary>A small tree whose files have chunks, and every tool that looks at them or changes them.</summary>
internal sealed class ToolScript
{
    private const int ChunkLength = 64 << 20;
    private const int Small = 100_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    /// <summary>Longer than chunks that nobody needs are kept, were they taken for such.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    private readonly Deployment deployment;
    private readonly Transcript transcript;
    private readonly ChunkFiles files;
    private readonly Mount mount;
    private readonly bool is3;

    public ToolScript(Deployment deployment, Transcript transcript)
    {
        (this.deployment, this.transcript) = (deployment, transcript);
        files = new ChunkFiles(deployment);
        mount = deployment.Mounts[0];
        is3 = mount.Release == MooseFsRelease.V3;
        transcript.Call(mount.Path, "(mount)");
        foreach (var server in deployment.ChunkServers)
        {
            // Which of them has a copy is chance.
            transcript.Call($"{server.Host.Address}:9422", "(chunkserver)");
        }
        transcript.OrderCopies = true;
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        await MakeAsync();
        await LookAsync();
        await SetAsync();
        await SnapshotAsync();
        await AppendAsync();
        await AppendElsewhereAsync();
        await QuotaAsync();
        await ArchiveAsync();
        if (!is3)
        {
            await PatternAsync();
        }
        await RepairAsync();

        Task ToolAsync(params string[] command) => transcript.ToolAsync(mount, command, cancellation);

        async Task ToolsAsync(params string[] lines)
        {
            foreach (var line in lines)
            {
                await ToolAsync(line.Split(' '));
            }
        }

        // A node hears of new copies a moment after the client that has written them.
        async Task CopiesAsync(int count, params string[] names)
        {
            foreach (var name in names)
            {
                await Deadline.WaitAsync(
                    $"{count} copies of {name}", Soon, async token => (await files.ValidCopiesAsync(At(name), token)).All(copies => copies == count), cancellation);
            }
        }

        async Task MakeAsync()
        {
            // The classes of a new file system are not the same; these are.
            string[] create = is3 ? ["mfsscadmin", mount.Path, "create"] : ["mfsscadmin", "create", "-M", mount.Path];
            await ToolAsync([.. create, "-K", "*,*", "two"]);
            await ToolAsync([.. create, "-K", "*", "one"]);
            P.MakeDirectory(At("d"), 0x1ED);
            P.MakeDirectory(At("d/sub"), 0x1ED);
            await ToolsAsync("mfssetsclass two d", "mfssetsclass one d/sub");
            Content.WriteFile(At("d/small"), 1, Small);
            using (var big = new PosixFile(At("d/big"), OpenFlags.ReadWrite | OpenFlags.Create))
            {
                Content.Write(big, 2, 0, Small);
                Content.Write(big, 2, ChunkLength, Small);
            }
            using (var hole = new PosixFile(At("d/hole"), OpenFlags.ReadWrite | OpenFlags.Create))
            {
                Content.Write(hole, 3, (2L * ChunkLength) + 5, 10);
            }
            Content.WriteFile(At("d/sub/single"), 4, Small);
            Content.WriteFile(At("d/empty"), 0, 0);
            P.Link(At("d/small"), At("d/sub/link"));
            P.Symlink("small", At("d/symlink"));
            await CopiesAsync(2, "d/small", "d/big");
            await CopiesAsync(1, "d/sub/single");
        }

        Task LookAsync() => ToolsAsync(
            "mfsdirinfo d", "mfsdirinfo -n d d/sub", "mfsdirinfo d/small", "mfsdirinfo missing",
            "mfsfileinfo d/small", "mfsfileinfo d/big d/hole", "mfsfileinfo d/empty", "mfsfileinfo d", "mfsfileinfo d/symlink", "mfsfileinfo missing",
            "mfscheckfile d/small", "mfscheckfile d/big d/hole d/empty", "mfscheckfile d/sub/single", "mfscheckfile d",
            "mfsfilepaths d/big", "mfsfilepaths missing", "mfsfilerepair d/small", "mfsfilerepair d", "mfsfilerepair d/hole",
            "mfsgetsclass -r d", "mfsgetsclass d/small", "mfsgetgoal -r d");

        async Task SetAsync()
        {
            // Without chunks: when their copies would follow is chance.
            P.MakeDirectory(At("s"));
            P.MakeDirectory(At("s/sub"));
            Content.WriteFile(At("s/small"), 0, 0);
            Content.WriteFile(At("s/sub/other"), 0, 0);
            await ToolsAsync("mfssetsclass -r two s", "mfssetsclass -r one s", "mfsgetsclass -r s", "mfsxchgsclass -r one two s", "mfsgetsclass -r s", "mfscopysclass s/sub s/small");
            await ToolsAsync(is3
                ? ["mfssettrashtime -r 7200 s", "mfsgettrashtime -r s", "mfssettrashtime 3600- s/small", "mfsgettrashtime s/small", "mfssettrashtime -r 5000+ s", "mfsgettrashtime -r s"]
                : ["mfssettrashretention -r 2h s", "mfsgettrashretention -r s", "mfssettrashretention 1h- s/small", "mfsgettrashretention s/small", "mfssettrashretention -r 3+ s", "mfsgettrashretention -r s", "mfssettrashtime -r 7200 s", "mfsgettrashtime -r s"]);
            await ToolsAsync("mfssetgoal -r two s", "mfsgetgoal -r s");
        }

        async Task SnapshotAsync()
        {
            await ToolsAsync("mfsmakesnapshot d snap", "mfsdirinfo snap", "mfsfileinfo snap/small d/small");
            using (var file = new PosixFile(At("snap/small"), OpenFlags.ReadWrite))
            {
                Content.Write(file, 9, 0, 50_000);
            }
            await CopiesAsync(2, "snap/small");
            await ToolsAsync("mfsfileinfo snap/small d/small", "mfscheckfile snap/small");
            Content.AssertFile(At("d/small"), 1, Small);
            await ToolsAsync("mfsmakesnapshot d snap", "mfsmakesnapshot -o d/small snap/small", "mfsfileinfo snap/small", "mfsmakesnapshot d/small d/empty snap", "mfsmakesnapshot missing snap", "mfsmakesnapshot d d/sub/inside");
            Content.AssertFile(At("snap/small"), 1, Small);
            await ToolsAsync("mfsrmsnapshot snap", "mfsdirinfo d");
            transcript.Note("snap", () => string.Join(' ', P.ReadDirectory(At("snap")).Order(StringComparer.Ordinal)));
        }

        async Task AppendAsync()
        {
            await ToolsAsync("mfsappendchunks d/appended d/small d/big", "mfsfileinfo d/appended");
            transcript.Note("appended", () => $"{P.Stat(At("d/appended")).Size}");
            using (var file = new PosixFile(At("d/appended"), OpenFlags.ReadWrite))
            {
                Content.AssertRange(file, 1, 0, Small);
                var start = new byte[100];
                file.Read(start, ChunkLength);
                Assert.Equal(Content.Bytes(2, 100), start);
                Content.Write(file, 8, 0, Small);
            }
            await CopiesAsync(2, "d/appended");
            Content.AssertFile(At("d/small"), 1, Small);
            await ToolsAsync("mfsfileinfo d/appended d/small", "mfsappendchunks d/appended missing", "mfsappendchunks d/appended d/sub", "mfsappendchunks -s 1:2 d/sliced d/big", "mfsfileinfo d/sliced");
            transcript.Note("sliced", () => P.Exists(At("d/sliced")) ? $"{P.Stat(At("d/sliced")).Size}" : "none");
        }

        // Where there are several shards, this directory is in another one than the sources.
        async Task AppendElsewhereAsync()
        {
            P.MakeDirectory(At("far"));
            Content.WriteFile(At("d/source"), 11, ChunkLength + Small);
            await ToolsAsync(
                "mfssetsclass two far", "mfsappendchunks far/appended d/source d/small", "mfsfileinfo far/appended d/source", "mfscheckfile far/appended", "mfsappendchunks far/appended d/sub", "mfsappendchunks far/appended d/missing",
                "mfsappendchunks d/back far/appended", "mfsappendchunks far/appended far/appended", "mfsfileinfo d/back", "mfsmakesnapshot far nearer", "mfsfileinfo nearer/appended");
            using (var file = new PosixFile(At("far/appended"), OpenFlags.ReadWrite))
            {
                Assert.Equal((2L * ChunkLength) + Small, P.Stat(At("far/appended")).Size);
                Content.AssertRange(file, 11, 0, ChunkLength + Small);
                Content.AssertZeros(file, ChunkLength + Small, 1000);
                AssertBegins(file, 2L * ChunkLength, 1);

                // One chunk is written, one is cut; the sources keep what they have.
                Content.Write(file, 12, 0, Small);
                file.Truncate(ChunkLength + 10);
                Content.AssertRange(file, 12, 0, Small);
                Content.AssertRange(file, 11, Small, ChunkLength + 10 - Small);
            }
            await CopiesAsync(2, "far/appended", "d/back", "d/source");
            Content.AssertFile(At("d/source"), 11, ChunkLength + Small);
            Content.AssertFile(At("d/small"), 1, Small);
            await ToolsAsync("mfsfileinfo far/appended d/source", "mfschkarchive far", "mfssetarchive nearer", "mfschkarchive nearer d/source", "mfsclrarchive nearer", "mfssetsclass two d/back", "mfssettrashtime -r 0 d far nearer");

            // A chunk lives as long as anybody has it.
            P.Unlink(At("d/source"));
            P.Unlink(At("far/appended"));
            await Task.Delay(Settling, cancellation);
            await CopiesAsync(2, "nearer/appended");
            using (var file = new PosixFile(At("nearer/appended"), OpenFlags.ReadWrite))
            {
                Content.AssertRange(file, 11, 0, ChunkLength + Small);
                Content.Write(file, 13, ChunkLength, Small);
                Content.AssertRange(file, 13, ChunkLength, Small);
            }
            using (var file = new PosixFile(At("d/back"), OpenFlags.Read))
            {
                Content.AssertRange(file, 11, 0, ChunkLength + Small);
                AssertBegins(file, 2L * ChunkLength, 1);
            }
            await ToolsAsync("mfscheckfile nearer/appended", "mfscheckfile d/back");
            P.Unlink(At("d/back"));
            P.Unlink(At("nearer/appended"));
        }

        static void AssertBegins(PosixFile file, long offset, ulong seed)
        {
            var start = new byte[100];
            file.Read(start, offset);
            Assert.Equal(Content.Bytes(seed, 100), start);
        }

        async Task QuotaAsync()
        {
            P.MakeDirectory(At("q"));
            await ToolsAsync("mfssetquota -p 2d -I 3 -L 1000000 q", "mfsgetquota q");
            foreach (var name in (string[])["q/1", "q/2", "q/3"])
            {
                transcript.Note($"create {name}", () => new PosixFile(At(name), OpenFlags.ReadWrite | OpenFlags.Create).Dispose());
            }
            await ToolsAsync("mfsgetquota q", "mfsdelquota -I q", "mfsgetquota q", "mfsdelquota -a q", "mfsgetquota q", "mfssetquota -p 1h -i 1 q", "mfsgetquota q");
        }

        Task ArchiveAsync() => ToolsAsync("mfschkarchive d", "mfssetarchive d/small", "mfschkarchive d", "mfsclrarchive d", "mfschkarchive d/small");

        async Task PatternAsync()
        {
            await ToolsAsync(
                "mfslistpattern",
                "mfscreatepattern -n *.tmp -t 2h", "mfscreatepattern -n *.tmp", "mfscreatepattern -n *.log -p 200 -c one -f +noattrcache,-nodatacache", "mfscreatepattern -n [!a-c]?.log -u 7 -c two",
                "mfscreatepattern -n x* -g 0 -p 3 -c two -f +noentrycache", "mfscreatepattern -n y -c missing", "mfscreatepattern -n *.tmp -u 0 -p 255 -t 5d", "mfslistpattern");
            P.MakeDirectory(At("p"));
            P.MakeDirectory(At("p/x"));
            await ToolsAsync("mfssetsclass two p");
            foreach (var name in (string[])["p/1.tmp", "p/d1.log", "p/plain", "p/xfile", "p/link", "p/moved"])
            {
                Content.WriteFile(At(name), 0, 0);
            }
            P.Rename(At("p/moved"), At("p/moved.log"));
            P.Rename(At("p/moved.log"), At("p/moved"));
            P.Rename(At("p/link"), At("p/link.tmp"));
            P.Symlink("plain", At("p/symlink.log"));
            await ToolsAsync(
                "mfsgetsclass p/1.tmp p/d1.log p/plain p/xfile p/link.tmp p/moved p/x", "mfsgettrashretention p/1.tmp p/d1.log p/plain p/xfile p/link.tmp p/moved p/x",
                "mfsgeteattr p/1.tmp p/d1.log p/plain p/xfile p/link.tmp p/moved p/x",
                "mfsdeletepattern -n *.tmp", "mfsdeletepattern -n *.tmp", "mfsdeletepattern -n *.log -u 7", "mfslistpattern");
        }

        async Task RepairAsync()
        {
            P.MakeDirectory(At("lost"));
            await ToolsAsync("mfssetsclass one lost");
            using (var file = new PosixFile(At("lost/file"), OpenFlags.ReadWrite | OpenFlags.Create))
            {
                Content.Write(file, 5, 0, Small);
                Content.Write(file, 5, ChunkLength, Small);
            }
            Content.WriteFile(At("lost/other"), 6, Small);
            var chunk = (await files.ChunksOfAsync(At("lost/file"), cancellation))[0];
            for (var i = 0; i < deployment.ChunkServers.Count; i++)
            {
                var server = deployment.ChunkServers[i];
                await server.Process.StopAsync();

                // Otherwise it would remember what it has, instead of looking.
                File.Delete(Path.Combine(server.Disk, ".chunkdb"));
                foreach (var path in files.Files(i).Where(path => path.Contains($"{chunk:X16}", StringComparison.Ordinal)))
                {
                    File.Delete(path);
                }
                server.Start();
            }
            await CopiesAsync(2, "d/small", "d/big");
            await Deadline.WaitAsync("the lost copy is missed", Soon, async token => await files.ValidCopiesAsync(At("lost/file"), token) is [0, 1], cancellation);
            await ToolsAsync("mfsfileinfo lost/file", "mfscheckfile lost/file");

            // Without -d 4.x shows zeros until a copy comes back; mfsha does nothing then (docs/differences.md).
            await ToolsAsync(is3 ? "mfsfilerepair lost/file" : "mfsfilerepair -d lost/file", "mfscheckfile lost/file", "mfsfilerepair lost/file");
            Content.AssertFile(At("lost/other"), 6, Small);
            transcript.Note("the repaired file", () =>
            {
                using var file = new PosixFile(At("lost/file"), OpenFlags.Read);
                var bytes = new byte[Small];
                return string.Create(CultureInfo.InvariantCulture, $"{file.Read(bytes, 0)} bytes, zeros {bytes.All(static b => b == 0)}");
            });
            await ToolsAsync("mfsfileinfo lost/file", "mfscheckfile lost/file");
        }
    }

    private string At(string name) => $"{mount.Path}/{name}";
}
