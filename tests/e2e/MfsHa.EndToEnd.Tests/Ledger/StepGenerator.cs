using System.Globalization;
using MfsHa.EndToEnd.Tests.Ledger.Steps;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>Chooses the next change of a folder by chance: always one that must succeed.</summary>
internal sealed class StepGenerator(Random random, bool withData, bool reusesNames)
{
    private const int MaxEntries = 40;
    private const int MaxDepth = 2;
    private const int NamePool = 12;
    private const int MaxFile = 200_000;
    private const int MaxPiece = 80_000;

    private int counter;

    public Step Next(Tree tree)
    {
        while (true)
        {
            if (Try(tree) is { } step)
            {
                return step;
            }
        }
    }

    private Step? Try(Tree tree)
    {
        var files = tree.FilePaths.ToArray();
        var full = tree.Entries.Count > MaxEntries;
        switch (random.Next(100))
        {
            case < 18:
                return full || NewName(tree) is not { } created ? null : new CreateFile(created);
            case < 24:
                return full || NewName(tree) is not { } made || Depth(made) > MaxDepth ? null : new MakeDirectory(made);
            case < 30:
                return Pick(EmptyDirectories(tree)) is { } removed ? new RemoveDirectory(removed) : null;
            case < 42:
                return Pick(files) is { } unlinked ? new Unlink(unlinked) : null;
            case < 56:
                return Pick(files) is { } from && NewName(tree) is { } to ? new Rename(from, to) : null;
            case < 64:
                // Over an existing one. Two names of one file are left alone by the kernel, before the file system is asked.
                return Pick(files) is { } over && Pick(files) is { } target && over != target && (withData || tree.Entries[over] != tree.Entries[target])
                    ? new Rename(over, target) : null;
            case < 68:
                return Pick([.. tree.DirectoryPaths.Where(static d => d.Length > 0)]) is { } directory && NewName(tree) is { } moved && !moved.StartsWith(directory + "/", StringComparison.Ordinal)
                    ? new Rename(directory, moved) : null;
            case < 78:
                return !full && Pick(files) is { } existing && NewName(tree) is { } link ? new Link(existing, link) : null;
            case < 88:
                return withData && Pick(files) is { } written ? NextWrite(tree, written) : null;
            case < 94:
                return withData && Pick(files) is { } appended && tree.ContentOf(appended).Length < MaxFile
                    ? new Append(appended, random.Next(1, MaxPiece), (ulong)random.NextInt64()) : null;
            default:
                return withData && Pick(files) is { } cut ? new Truncate(cut, random.Next(MaxFile)) : null;
        }
    }

    private Write NextWrite(Tree tree, string path)
    {
        var offset = random.Next(Math.Min(tree.ContentOf(path).Length + 1, MaxFile));
        return new Write(path, offset, random.Next(1, MaxPiece), (ulong)random.NextInt64());
    }

    private string? NewName(Tree tree)
    {
        var directory = Pick([.. tree.DirectoryPaths])!;
        var number = reusesNames ? random.Next(NamePool) : ++counter;
        var path = Tree.Join(directory, string.Create(CultureInfo.InvariantCulture, $"n{number}"));
        return tree.Exists(path) ? null : path;
    }

    private static string[] EmptyDirectories(Tree tree) => [.. tree.DirectoryPaths.Where(d => d.Length > 0 && !tree.NamesIn(d).Any())];

    private static int Depth(string path) => path.Count(static c => c == '/') + 1;

    private string? Pick(string[] candidates) => candidates.Length == 0 ? null : candidates[random.Next(candidates.Length)];
}
