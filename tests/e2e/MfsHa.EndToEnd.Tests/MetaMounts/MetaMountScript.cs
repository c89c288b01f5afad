using System.Globalization;
using System.Text;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.EndToEnd.Tests.Transcripts;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.MetaMounts;

/// <summary>Deletes files on an ordinary mount and looks after them on a meta mount.</summary>
internal sealed class MetaMountScript : IDisposable
{
    private const int Buckets = 4096;
    private static readonly TimeSpan CacheLimit = TimeSpan.FromSeconds(10);

    private readonly Mount mount;
    private readonly Mount meta;
    private readonly bool withTools;
    private readonly Transcript transcript;
    private readonly Dictionary<string, ulong> inodes = [];
    private PosixFile? held;

    /// <param name="withTools">Whether the trash tools of 4.x are asked, too.</param>
    public MetaMountScript(Mount mount, Mount meta, bool withTools, Transcript transcript)
    {
        this.withTools = withTools;
        this.mount = mount;
        this.meta = meta;
        this.transcript = transcript;
        transcript.Call(mount.Path, "(mount)");
        transcript.Call(meta.Path, "(meta)");
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        P.MakeDirectory(At("d"), 0x1ED);
        P.MakeDirectory(At("d/sub"), 0x1C0);
        foreach (var name in (string[])["d/sub/a", "d/b", "d/c", "d/taken", "d/purged", "d/pipe|name", "top"])
        {
            Make(name);
        }
        P.ChangeOwner(At("d/b"), 1000, 1001);
        P.ChangeMode(At("d/b"), 0x1A0);
        transcript.Note("meta root", () => string.Join(' ', P.ReadDirectory(meta.Path).Order(StringComparer.Ordinal)));
        transcript.Note("trash before", ListTrash);
        foreach (var name in inodes.Keys)
        {
            P.Unlink(At(name));
        }
        P.RemoveDirectory(At("d/sub"));
        Content.WriteFile(At("d/empty"), 0, 0);
        P.Unlink(At("d/empty"));
        await ListedAsync("d/c");
        transcript.Note("trash", ListTrash);
        Look();
        await UndeleteAsync();
        await PurgeAndSustainAsync();
        Refuse();
        if (withTools)
        {
            await UseTrashToolsAsync(cancellation);
        }
    }

    public void Dispose() => held?.Dispose();

    private string At(string name) => $"{mount.Path}/{name}";

    private void Make(string name)
    {
        Content.WriteFile(At(name), (ulong)name.Length, 5000);
        inodes[name] = P.Stat(At(name)).Inode;
        transcript.CallInode(inodes[name], name);
    }

    private string TrashFolder(string name) => $"{meta.Path}/trash/{(inodes[name] % Buckets).ToString("X3", CultureInfo.InvariantCulture)}";

    private string EntryName(string name) => $"{inodes[name].ToString("X8", CultureInfo.InvariantCulture)}|{name.Replace('/', '|')}";

    private string Entry(string name) => $"{TrashFolder(name)}/{EntryName(name)}";

    private string Undel(string name) => $"{TrashFolder(name)}/undel/{EntryName(name)}";

    private string ListTrash()
        => string.Join(' ', inodes.Keys.Select(TrashFolder).Distinct().SelectMany(P.ReadDirectory).Where(static name => name != "undel").OrderBy(PathIn, StringComparer.Ordinal));

    private string ListSustained()
        => string.Join(' ', P.ReadDirectory($"{meta.Path}/sustained").SelectMany(
            folder => folder.Length == 2 ? P.ReadDirectory($"{meta.Path}/sustained/{folder}") : [folder]).OrderBy(PathIn, StringComparer.Ordinal));

    // Which numbers files get is the service's choice.
    private static string PathIn(string entry) => entry[(entry.IndexOf('|', StringComparison.Ordinal) + 1)..];

    // A meta mount remembers lists for a while.
    private Task ListedAsync(string name) => Deadline.WaitAsync($"{name} is in the trash", CacheLimit, () => ListTrash().Contains(EntryName(name), StringComparison.Ordinal));

    private Task UnlistedAsync(string name) => Deadline.WaitAsync($"{name} is not in the trash", CacheLimit, () => !ListTrash().Contains(EntryName(name), StringComparison.Ordinal));

    private static string Describe(string path)
    {
        var status = P.Stat(path);
        return string.Create(CultureInfo.InvariantCulture, $"{status.Kind} {status.Mode:X} {status.User}:{status.Group} links {status.Links} size {status.Size}");
    }

    private static string ReadText(string path)
    {
        using var file = new PosixFile(path, OpenFlags.Read);
        var buffer = new byte[2000];
        return Encoding.UTF8.GetString(buffer.AsSpan(0, file.Read(buffer, 0)));
    }

    private static void WriteText(string path, string text)
    {
        using var file = new PosixFile(path, OpenFlags.Write);
        file.Write(Encoding.UTF8.GetBytes(text), 0);
    }

    private void Look()
    {
        foreach (var name in inodes.Keys)
        {
            transcript.Note($"stat of {name} in the trash", () => Describe(Entry(name)));
            transcript.Note($"path of {name} in the trash", () => ReadText(Entry(name)));
        }
        foreach (var place in (string[])["", "/trash", "/sustained", "/trash/undel", "/trash/001", "/trash/001/undel"])
        {
            transcript.Note($"stat of (meta){place}", () => Describe(meta.Path + place));
        }
        transcript.Note("buckets of the trash", () => $"{P.ReadDirectory($"{meta.Path}/trash").Count}");
        transcript.Note("buckets of sustained", () => $"{P.ReadDirectory($"{meta.Path}/sustained").Count}");
    }

    private async Task UndeleteAsync()
    {
        transcript.Note("undelete b", () => P.Rename(Entry("d/b"), Undel("d/b")));
        transcript.Note("b is back", () => Describe(At("d/b")));
        Content.AssertFile(At("d/b"), 3, 5000);

        // Its directory is made again.
        transcript.Note("undelete a", () => P.Rename(Entry("d/sub/a"), Undel("d/sub/a")));
        transcript.Note("a is back", () => $"{Describe(At("d/sub"))}, {Describe(At("d/sub/a"))}");
        transcript.Note("new path for c", () => WriteText(Entry("d/c"), "d/new/deep/c2"));
        await Deadline.WaitAsync("the new path is shown", CacheLimit, () => P.ReadDirectory(TrashFolder("d/c")).Exists(static n => n.EndsWith("c2", StringComparison.Ordinal)));
        transcript.Note("trash with a new path", ListTrash);
        transcript.Note("undelete c under its new path", () =>
        {
            var listed = P.ReadDirectory(TrashFolder("d/c")).Single(static n => n.EndsWith("c2", StringComparison.Ordinal));
            P.Rename($"{TrashFolder("d/c")}/{listed}", $"{TrashFolder("d/c")}/undel/{listed}");
        });
        transcript.Note("c is there", () => $"{Describe(At("d/new"))}, {Describe(At("d/new/deep"))}, {Describe(At("d/new/deep/c2"))}");
        Content.AssertFile(At("d/new/deep/c2"), 3, 5000);
        Content.WriteFile(At("d/taken"), 99, 10);
        transcript.Note("undelete where a name is taken", () => P.Rename(Entry("d/taken"), Undel("d/taken")));
        Content.AssertFile(At("d/taken"), 99, 10);
        transcript.Note("undelete a name with a bar", () => P.Rename(Entry("d/pipe|name"), Undel("d/pipe|name")));
        transcript.Note("it is back", () => Describe(At("d/pipe|name")));
        await UnlistedAsync("d/pipe|name");
        transcript.Note("trash after undeletions", ListTrash);
    }

    private async Task PurgeAndSustainAsync()
    {
        transcript.Note("purge", () => P.Unlink(Entry("d/purged")));
        await UnlistedAsync("d/purged");
        transcript.Note("purge it again", () => P.Unlink(Entry("d/purged")));
        transcript.Note("undelete what was purged", () => P.Rename(Entry("d/purged"), Undel("d/purged")));
        Make("open");
        held = new PosixFile(At("open"), OpenFlags.ReadWrite);
        P.Unlink(At("open"));
        await ListedAsync("open");
        transcript.Note("sustained before", ListSustained);
        transcript.Note("purge an open file", () => P.Unlink(Entry("open")));
        await UnlistedAsync("open");
        await Deadline.WaitAsync("it is sustained", CacheLimit, () => ListSustained().Length > 0);
        transcript.Note("sustained", ListSustained);
        Content.AssertRange(held, 4, 0, 5000);
        Content.Write(held, 4, 5000, 3000);
        held.Sync();
        Content.AssertRange(held, 4, 0, 8000);
        transcript.Note("stat through the handle", () => string.Create(CultureInfo.InvariantCulture, $"{held.Stat().Links} {held.Stat().Size}"));
        transcript.Note("stat of a sustained file", () => Describe(Sustained("open")));
        transcript.Note("unlink of a sustained file", () => P.Unlink(Sustained("open")));
        transcript.Note("sustained still", ListSustained);
    }

    private string Sustained(string name)
    {
        var folder = $"{meta.Path}/sustained";
        var buckets = P.ReadDirectory(folder);
        return buckets.Exists(static b => b.Length == 2) ? $"{folder}/{(inodes[name] % 256).ToString("X2", CultureInfo.InvariantCulture)}/{EntryName(name)}" : $"{folder}/{EntryName(name)}";
    }

    private void Refuse()
    {
        transcript.Note("mkdir", () => P.MakeDirectory($"{meta.Path}/trash/new"));
        transcript.Note("create", () => new PosixFile($"{TrashFolder("top")}/new", OpenFlags.ReadWrite | OpenFlags.Create).Dispose());
        transcript.Note("chmod", () => P.ChangeMode(Entry("top"), 0x1FF));
        transcript.Note("rename inside", () => P.Rename(Entry("top"), $"{TrashFolder("top")}/other"));
        transcript.Note("rename to another bucket's undel", () => P.Rename(Entry("top"), $"{meta.Path}/trash/{((inodes["top"] + 1) % Buckets).ToString("X3", CultureInfo.InvariantCulture)}/undel/{EntryName("top")}"));
        transcript.Note("top", () => Describe(At("top")));
        transcript.Note("empty path", () => WriteText(Entry("d/taken"), "\n"));
        transcript.Note("bad path", () => WriteText(Entry("d/taken"), "d/../x"));
        transcript.Note("undelete a bad path", () => P.Rename(Entry("d/taken"), Undel("d/taken")));
        transcript.Note("trash at the end", ListTrash);
    }

    private async Task UseTrashToolsAsync(CancellationToken cancellation)
    {
        foreach (var name in (string[])["d/t1", "d/t2", "d/t3"])
        {
            Make(name);
            P.Unlink(At(name));
        }
        transcript.HideInodes = true;
        transcript.Call(mount.Host.Address.ToString(), "(client)");
        await ToolAsync("trashlist");
        await ToolAsync("trashrecover", "-i", Decimal("d/t1"));
        transcript.Note("t1 is back", () => Describe(At("d/t1")));
        await ToolAsync("trashpurge", "-i", Decimal("d/t2"));
        await ToolAsync("trashrecover", "-d", At("d/new"), "-p", At("d/t3"));
        transcript.Note("t3 is below d/new", () => Describe(At("d/new/d/t3")));
        await ToolAsync("trashlist", "-x");
        await ToolAsync("sustainedlist");

        Task ToolAsync(params string[] words) => transcript.ToolAsync(mount, ["mfstrashtool", .. words], cancellation, MooseFsRelease.V4, "y\n");

        string Decimal(string name) => inodes[name].ToString(CultureInfo.InvariantCulture);
    }
}
