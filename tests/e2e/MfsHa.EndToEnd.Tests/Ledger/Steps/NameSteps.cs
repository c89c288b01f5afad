using MfsHa.EndToEnd.Tests.Ledger.Clients;

namespace MfsHa.EndToEnd.Tests.Ledger.Steps;

/// <summary>open(2) with O_CREAT and O_EXCL.</summary>
internal sealed record CreateFile(string Path) : Step
{
    public override IReadOnlyList<string> Paths => [Path];

    public override Tree Apply(Tree before) => before.WithFile(Path);

    public override Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation)
        => client.CreateAsync(Tree.Join(folder, Path), cancellation);

    public override string ToString() => $"create {Path}";
}

internal sealed record MakeDirectory(string Path) : Step
{
    public override IReadOnlyList<string> Paths => [Path];

    public override Tree Apply(Tree before) => before.WithDirectory(Path);

    public override Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation)
        => client.MakeDirectoryAsync(Tree.Join(folder, Path), cancellation);

    public override string ToString() => $"mkdir {Path}";
}

internal sealed record RemoveDirectory(string Path) : Step
{
    public override IReadOnlyList<string> Paths => [Path];

    public override Tree Apply(Tree before) => before.Without(Path);

    public override Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation)
        => client.RemoveDirectoryAsync(Tree.Join(folder, Path), cancellation);

    public override string ToString() => $"rmdir {Path}";
}

internal sealed record Unlink(string Path) : Step
{
    public override IReadOnlyList<string> Paths => [Path];

    public override Tree Apply(Tree before) => before.Without(Path);

    public override Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation)
        => client.UnlinkAsync(Tree.Join(folder, Path), cancellation);

    public override string ToString() => $"unlink {Path}";
}

/// <summary>rename(2), also over an existing file.</summary>
internal sealed record Rename(string From, string To) : Step
{
    public override IReadOnlyList<string> Paths => [From, To];

    public override Tree Apply(Tree before) => before.Moved(From, To);

    public override Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation)
        => client.RenameAsync(Tree.Join(folder, From), Tree.Join(folder, To), cancellation);

    public override string ToString() => $"rename {From} -> {To}";
}

internal sealed record Link(string Existing, string Path) : Step
{
    public override IReadOnlyList<string> Paths => [Existing, Path];

    public override Tree Apply(Tree before) => before.WithLink(Existing, Path);

    public override Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation)
        => client.LinkAsync(Tree.Join(folder, Existing), Tree.Join(folder, Path), cancellation);

    public override string ToString() => $"link {Existing} -> {Path}";
}
