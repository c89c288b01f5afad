namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>
/// One of the mfstools with its options, on one path or two; always as root. The answer is its exit code and what it printed, without
/// the place where the tree is mounted.
/// </summary>
internal sealed record Tool(string CommandLine, string Path, string? Second = null) : Operation(Actor.Root)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public override bool AsksForTotals => CommandLine == "mfsdirinfo";

    protected override string Run(View on)
    {
        using var limit = new CancellationTokenSource(Limit);
        var words = CommandLine.Split(' ');
        string[] paths = Second is null ? [on.At(Path)] : [on.At(Path), on.At(Second)];
        var result = Command.TryRunAsync(
            on.Mount.Host.CommandLine(on.Mount.Release.Tool(words[0], [.. words[1..], .. paths])), cancellation: limit.Token).GetAwaiter().GetResult();
        return $"exit code {result.ExitCode} {result.Output}{result.Error}"
            .Replace(on.Root, "", StringComparison.Ordinal).Replace(on.Mount.Path, "", StringComparison.Ordinal);
    }
}

/// <summary>mfsmakesnapshot, which also changes the names.</summary>
internal sealed record Snapshot(string From, string To, bool Overwrite) : Operation(Actor.Root)
{
    public override bool CopiesTimes => true;

    public override void Teach(NameModel names) => names.Copy(From, To);

    protected override string Run(View on)
        => new Tool(Overwrite ? "mfsmakesnapshot -o" : "mfsmakesnapshot", From, To) { Through = Through }.Execute(on.Side);
}
