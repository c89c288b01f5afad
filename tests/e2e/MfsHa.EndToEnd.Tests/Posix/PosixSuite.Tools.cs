using System.Globalization;

namespace MfsHa.EndToEnd.Tests.Posix;

// Programs that everybody uses.
public abstract partial class PosixSuite<TPlan>
{
    private const int SourceFiles = 300;

    [Fact]
    public async Task Source_tree_survives_tar_in_and_out()
    {
        var (source, a, b) = await PrepareAsync(nameof(Source_tree_survives_tar_in_and_out));
        await ShellAsync($"tar -C '{source}' -cf - . | tar -C '{a}' -xf -");
        await ShellAsync($"diff -r '{source}' '{b}'");
        await ShellAsync($"mkdir '{source}.back' && tar -C '{b}' -cf - . | tar -C '{source}.back' -xf - && diff -r '{source}' '{source}.back'");
        await ShellAsync($"rm -r '{a}'/*");
        Assert.Empty(Directory.GetFileSystemEntries(a));
    }

    [Fact]
    public async Task Repository_can_be_cloned_checked_out_and_committed_to()
    {
        var (source, a, b) = await PrepareAsync(nameof(Repository_can_be_cloned_checked_out_and_committed_to));
        const string git = "git -c user.name=test -c user.email=test@localhost -c init.defaultBranch=main -c safe.directory=* -c gc.auto=0";
        await ShellAsync($"cd '{source}' && {git} init -q && {git} add -A && {git} commit -qm first && {git} rm -qr dir0 && {git} commit -qm second");
        await ShellAsync($"{git} clone -q 'file://{source}' '{a}/clone' && cd '{a}/clone' && {git} fsck --strict && {git} diff --exit-code HEAD");
        await ShellAsync($"cd '{a}/clone' && {git} checkout -q HEAD~1 && [ $(find dir0 -type f | wc -l) = 30 ] && {git} checkout -q -b work && echo more >new && {git} add new && {git} commit -qm third");
        await ShellAsync($"cd '{b}/clone' && {git} status --porcelain && {git} log --oneline | wc -l | grep -qx 2 && {git} fsck --strict");
    }

    private static Task<string> ShellAsync(string script)
        => Command.RunAsync(["bash", "-euo", "pipefail", "-c", script], TestContext.Current.CancellationToken);

    private async Task<(string Source, string A, string B)> PrepareAsync(string test)
    {
        var (a, b) = ("", "");
        await OnBothAsync((pathA, pathB) => (a, b) = (pathA, pathB), test);
        var source = Deployment.Environment.CreateFolder(test);
        for (var i = 0; i < SourceFiles; i++)
        {
            var folder = Path.Combine(source, string.Create(CultureInfo.InvariantCulture, $"dir{i % 10}/sub{i % 3}"));
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"file{i}"), Content.Bytes((ulong)i, i * 37), TestContext.Current.CancellationToken);
        }
        File.CreateSymbolicLink(Path.Combine(source, "link"), "dir1/sub0");
        return (source, a, b);
    }
}
