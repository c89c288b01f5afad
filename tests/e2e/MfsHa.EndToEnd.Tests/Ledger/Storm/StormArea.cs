using System.Globalization;
using MfsHa.EndToEnd.Tests.Ledger.Clients;

namespace MfsHa.EndToEnd.Tests.Ledger.Storm;

/// <summary>
/// What the storm is about: directories with names of their own that everybody moves into each other, files that each belong to one client, and files that
/// everybody moves, over each other too. Every file has a second name in a directory that nobody touches.
/// </summary>
internal sealed class StormArea
{
    public const string Root = "storm";
    public const string Vault = "vault";

    private const int DirectoryCount = 8;
    private const int SharedCount = 8;
    private const string DirectoryPrefix = "dir";

    public Dictionary<string, uint> Inodes { get; } = [];

    public IReadOnlyList<string> Directories { get; } = [.. Enumerable.Range(0, DirectoryCount).Select(static n => $"{DirectoryPrefix}{n}")];

    /// <summary>Names of files that everybody moves; in which directory they are is nobody's knowledge.</summary>
    public IReadOnlyList<string> SharedNames { get; } = [.. Enumerable.Range(0, SharedCount).Select(static n => $"shared{n}")];

    public static bool IsDirectory(string name) => name.StartsWith(DirectoryPrefix, StringComparison.Ordinal);

    /// <summary>Makes everything.</summary>
    public async Task CreateAsync(RoamingClient maker, IEnumerable<OwnFile> own, CancellationToken cancellation)
    {
        await maker.MakeDirectoryAsync(Root, cancellation).ConfigureAwait(false);
        await maker.MakeDirectoryAsync($"{Root}/{Vault}", cancellation).ConfigureAwait(false);
        Inodes.Add(Root, await maker.InodeOfAsync(Root, cancellation).ConfigureAwait(false));
        foreach (var directory in Directories)
        {
            await maker.MakeDirectoryAsync($"{Root}/{directory}", cancellation).ConfigureAwait(false);
            Inodes.Add(directory, await maker.InodeOfAsync($"{Root}/{directory}", cancellation).ConfigureAwait(false));
        }
        foreach (var file in own)
        {
            await MakeFileAsync($"{Root}/{file.Place!.Directory}/{file.Place.Name}", file.VaultName).ConfigureAwait(false);
        }
        foreach (var (number, name) in SharedNames.Index())
        {
            await MakeFileAsync($"{Root}/{Directories[number % DirectoryCount]}/{name}", name).ConfigureAwait(false);
        }

        async Task MakeFileAsync(string path, string vaultName)
        {
            await maker.CreateAsync(path, cancellation).ConfigureAwait(false);
            await maker.LinkAsync(path, $"{Root}/{Vault}/{vaultName}", cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The files of one client, one in each of some directories.</summary>
    public IEnumerable<OwnFile> FilesOf(int client)
    {
        const int count = 6;
        return Enumerable.Range(0, count).Select(n =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"own{client}-{n}");
            return new OwnFile(name, new Place(Directories[(client + n) % DirectoryCount], name));
        });
    }
}
