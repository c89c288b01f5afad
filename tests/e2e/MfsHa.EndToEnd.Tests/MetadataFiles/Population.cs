using System.Globalization;
using MfsHa.EndToEnd.Tests.Differential.Operations;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>Fills a file system with every kind of object that it knows, and holds some of them open until disposal.</summary>
internal sealed class Population(Mount mount) : IDisposable
{
    private const long Chunk = 64L << 20;
    private readonly List<IDisposable> held = [];

    /// <summary>Names of the storage classes that were made.</summary>
    public static readonly string[] Classes = ["onAB", "looseA"];

    public async Task FillAsync(CancellationToken cancellation)
    {
        Files();
        Others();
        Names();
        DeepTree();
        await ClassesAsync(cancellation);
        await ToolsAsync(cancellation);
        AttributesAndAcls();
        await DetachedAsync(cancellation);
        Locks();
        Times();
    }

    /// <summary>Closes what is open.</summary>
    public void Dispose()
    {
        held.ForEach(static h => h.Dispose());
        held.Clear();
    }

    /// <summary>Closes what was open through a client that is dead: the kernel says so, and that is no failure.</summary>
    public void Abandon()
    {
        foreach (var open in held)
        {
            try
            {
                open.Dispose();
            }
            catch (IOException)
            {
                // ENOTCONN, as expected.
            }
        }

        held.Clear();
    }

    /// <summary>Runs one of the tools on the mount's host.</summary>
    public Task<string> ToolAsync(string name, CancellationToken cancellation, params string[] arguments) =>
        Command.RunAsync(mount.Host.CommandLine(mount.Release.Tool(name, arguments)), cancellation);

    private string At(string name) => Path.Combine(mount.Path, name);

    private void Files()
    {
        Directory.CreateDirectory(At("files"));
        Content.WriteFile(At("files/empty"), 0, 0);
        Content.WriteFile(At("files/small"), 1, 5000);
        Content.WriteFile(At("files/two chunks"), 2, Chunk + 70_000);
        using (var sparse = new PosixFile(At("files/sparse"), OpenFlags.ReadWrite | OpenFlags.Create))
        {
            // More chunks than one page of a chunk table holds, most of them holes.
            foreach (var index in (long[])[0, 2, 63, 64, 66])
            {
                Content.Write(sparse, 3, index * Chunk, 100_000);
            }
        }

        P.Truncate(At("files/sparse"), 70 * Chunk);
        for (var i = 0; i < 300; i++)
        {
            Content.WriteFile(At($"files/file{i}"), (ulong)i, i % 4 == 0 ? 100 : 0);
        }
    }

    private void Others()
    {
        Directory.CreateDirectory(At("others"));
        P.MakeNode(At("others/fifo"), FileKind.Fifo, 0x1A4);
        P.MakeNode(At("others/socket"), FileKind.Socket, 0x1C0);
        P.MakeNode(At("others/block"), FileKind.BlockDevice, 0x180, (8, 17));
        P.MakeNode(At("others/char"), FileKind.CharacterDevice, 0x1B6, (1, 3));
        P.Symlink("../files/small", At("others/link"));
        P.Symlink(new string('x', 900), At("others/long link"));
        P.Link(At("files/small"), At("others/hard link"));
        P.Link(At("files/small"), At("files/hard link"));
        P.Link(At("others/fifo"), At("others/second fifo"));
        P.MakeDirectory(At("others/odd mode"), 0x3FF);
        P.ChangeMode(At("others/odd mode"), 0xFED);
        P.ChangeOwner(At("others/odd mode"), 1234, 56_789);
        P.ChangeOwner(At("files/file1"), 4_000_000_000, 3);
    }

    private void Names()
    {
        Directory.CreateDirectory(At("names"));
        string[] names =
        [
            "žluťoučký kůň", "日本語", "\U0001F600", " leading and trailing ", "new\nline", "%,()|\\\"'", ByteText.FromBytes([0x66, 0xFF, 0x80, 0x01]), new string('n', 255),
        ];
        foreach (var name in names)
        {
            Content.WriteFile(At($"names/{name}"), 9, name.Length);
        }
    }

    private void DeepTree()
    {
        var path = "deep";
        for (var level = 0; level < 60; level++)
        {
            P.MakeDirectory(At(path));
            P.Symlink("up", At($"{path}/l"));
            path += $"/d{level % 10}";
        }

        Content.WriteFile(At(path), 4, 1000);
    }

    private async Task ClassesAsync(CancellationToken cancellation)
    {
        string[] create = mount.Release == MooseFsRelease.V3 ? [mount.Path, "create"] : ["create", "-M", mount.Path];
        await ToolAsync("mfsscadmin", cancellation, [.. create, "-K", "A,B", Classes[0]]);
        await ToolAsync("mfsscadmin", cancellation, [.. create, "-m", "L", "-C", "2A", "-K", "A+B,B", "-A", "B", "-d", "30", Classes[1]]);
        Directory.CreateDirectory(At("classes"));
        await ToolAsync("mfssetsclass", cancellation, Classes[0], At("classes"));
        Content.WriteFile(At("classes/on AB"), 5, 70_000);
        Content.WriteFile(At("classes/loose A"), 6, 70_000);
        await ToolAsync("mfssetsclass", cancellation, Classes[1], At("classes/loose A"));
        Content.WriteFile(At("classes/one copy"), 7, 70_000);
        await ToolAsync("mfssetsclass", cancellation, "1", At("classes/one copy"));
    }

    private async Task ToolsAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(At("snapshot"));
        await ToolAsync("mfsmakesnapshot", cancellation, At("files/two chunks"), At("files/small"), At("classes"), At("snapshot"));
        Content.WriteFile(At("snapshot/written"), 8, 100_000);
        Directory.CreateDirectory(At("quota"));
        await ToolAsync("mfssetquota", cancellation, "-i", "1000", "-I", "2000", "-l", "1000000000", "-L", "2000000000", At("quota"));
        Directory.CreateDirectory(At("quota/inner"));
        await ToolAsync("mfssetquota", cancellation, "-S", "5000000000", "-r", "77000000", At("quota/inner"));
        Content.WriteFile(At("quota/inner/file"), 10, 70_000);
        await ToolAsync("mfsseteattr", cancellation, "-f", "noowner", At("quota"));
        await ToolAsync("mfsseteattr", cancellation, "-f", "noattrcache", At("files/file2"));
    }

    private void AttributesAndAcls()
    {
        P.SetAttribute(At("files/file3"), "user.first", "one"u8);
        P.SetAttribute(At("files/file3"), "user.second", new byte[4000]);
        P.SetAttribute(At("files/file3"), "user.empty", []);
        P.SetAttribute(At("others"), "trusted.x", "directory"u8);
        var access = new AclEntries(('U', uint.MaxValue, 6), ('u', 1000, 4), ('G', uint.MaxValue, 4), ('g', 2000, 6), ('m', uint.MaxValue, 6), ('o', uint.MaxValue, 0));
        P.SetAttribute(At("files/file4"), "system.posix_acl_access", access.ToBytes());
        P.MakeDirectory(At("acl"));
        P.SetAttribute(At("acl"), "system.posix_acl_access", access.ToBytes());
        P.SetAttribute(At("acl"), "system.posix_acl_default", new AclEntries(('U', uint.MaxValue, 7), ('u', 7, 5), ('G', uint.MaxValue, 5), ('m', uint.MaxValue, 7), ('o', uint.MaxValue, 1)).ToBytes());
        Content.WriteFile(At("acl/heir"), 11, 10);
        P.MakeDirectory(At("acl/heir directory"));
    }

    private async Task DetachedAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(At("trash"));
        for (var i = 0; i < 5; i++)
        {
            Content.WriteFile(At($"trash/thrown {i}"), (ulong)i, 1000 + i);
            P.Unlink(At($"trash/thrown {i}"));
        }

        var retention = mount.Release == MooseFsRelease.V3 ? "mfssettrashtime" : "mfssettrashretention";
        await ToolAsync(retention, cancellation, "0", At("trash"));
        Content.WriteFile(At("trash/held"), 12, 70_000);
        held.Add(new PosixFile(At("trash/held"), OpenFlags.Read));
        P.Unlink(At("trash/held"));
    }

    private void Locks()
    {
        // FileShare.Read and ReadWrite are flock(2) locks, FileStream.Lock is fcntl(2).
        held.Add(new FileStream(At("files/file5"), FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        var ranges = new FileStream(At("files/file8"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        held.Add(ranges);
#pragma warning disable CA1416 // not on macOS: this is Linux
        ranges.Lock(10, 20);
        ranges.Lock(50, 5);
#pragma warning restore CA1416
    }

    private void Times()
    {
        P.SetTimes(At("files/file6"), 1, 2);
        P.SetTimes(At("files/file7"), 4_000_000_000, 3_000_000_000);
        P.SetTimes(At("others/link"), 1_000_000_000, 1_100_000_000);
        P.SetTimes(At("names"), 1_200_000_000, 1_300_000_000);
        for (var i = 10; i < 30; i++)
        {
            P.SetTimes(At(string.Create(CultureInfo.InvariantCulture, $"files/file{i}")), 1_500_000_000 + i, 1_400_000_000 + i);
        }
    }
}
