using System.Globalization;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>A tree, for comparisons.</summary>
internal static class WholeTree
{
    /// <summary>Every object with what stat(2) says of it.</summary>
    public static string[] Of(string root) =>
    [
        .. new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(root, i.FullName)} {(i as FileInfo)?.Length} {i.UnixFileMode} {i.LastWriteTimeUtc:O}"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Every file with its content.</summary>
    public static string[] ContentsOf(string root) =>
        [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(f => $"{Path.GetRelativePath(root, f)} {File.ReadAllText(f)}").Order(StringComparer.Ordinal)];
}
