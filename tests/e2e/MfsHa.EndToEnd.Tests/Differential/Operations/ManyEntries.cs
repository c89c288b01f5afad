using System.Globalization;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>
/// Makes so many files with long names that a listing takes several pages, lists the directory, removes them again; the answer is
/// what was listed, by its number of names and whether every new one was there once.
/// </summary>
internal sealed record ManyEntries(Actor As, string Path, int Count) : Operation(As)
{
    private const int NameLength = 230;

    protected override string Run(View on)
    {
        var directory = on.At(Path);
        var made = Enumerable.Range(0, Count).Select(static i => i.ToString(CultureInfo.InvariantCulture).PadLeft(NameLength, 'm')).ToArray();
        foreach (var name in made)
        {
            P.MakeNode($"{directory}/{name}", FileKind.File, 0x1A4);
        }
        var listed = P.ReadDirectory(directory);
        foreach (var name in made)
        {
            P.Unlink($"{directory}/{name}");
        }
        return string.Create(CultureInfo.InvariantCulture, $"{listed.Count} names, each once: {made.All(listed.Remove) && listed.Distinct().Count() == listed.Count}");
    }
}
