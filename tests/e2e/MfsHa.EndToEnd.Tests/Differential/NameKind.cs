namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>What a name stands for in a script's model.</summary>
internal enum NameKind
{
    Other,
    Directory,
    File,
    Symlink,
}
