using System.Runtime.CompilerServices;

namespace MfsHa.Operator.Tests;

/// <summary>Files of the repository that tests compare with.</summary>
internal static class Repository
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = Path.GetFullPath("../..", Path.GetDirectoryName(Here())!);

    private static string Here([CallerFilePath] string path = "") => path;
}
