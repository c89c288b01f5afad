using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.EndToEnd.Tests.Posix;

namespace MfsHa.EndToEnd.Tests.Ledger.Steps;

/// <summary>open, pwrite, fsync, close.</summary>
internal sealed record Write(string Path, int Offset, int Length, ulong Seed) : Step
{
    public override IReadOnlyList<string> Paths => [Path];

    public override bool IsData => true;

    public override Tree Apply(Tree before)
    {
        var old = before.ContentOf(Path);
        var content = new byte[Math.Max(old.Length, Offset + Length)];
        old.CopyTo(content, 0);
        Content.Fill(content.AsSpan(Offset, Length), Seed, Offset);
        return before.WithContent(Path, content);
    }

    public override Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation)
        => client.WriteAsync(Tree.Join(folder, Path), Offset, Content.Bytes(Seed, Length, Offset), cancellation);

    public override string ToString() => $"write {Path} {Length} bytes at {Offset}, seed {Seed}";
}

/// <summary>open with O_APPEND, write, fsync, close.</summary>
internal sealed record Append(string Path, int Length, ulong Seed) : Step
{
    public override IReadOnlyList<string> Paths => [Path];

    public override bool IsData => true;

    public override Tree Apply(Tree before) => before.WithContent(Path, [.. before.ContentOf(Path), .. Content.Bytes(Seed, Length)]);

    public override Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation)
        => client.AppendAsync(Tree.Join(folder, Path), Content.Bytes(Seed, Length), cancellation);

    public override string ToString() => $"append {Path} {Length} bytes, seed {Seed}";
}

internal sealed record Truncate(string Path, int Length) : Step
{
    public override IReadOnlyList<string> Paths => [Path];

    public override Tree Apply(Tree before)
    {
        var content = new byte[Length];
        var old = before.ContentOf(Path);
        old.AsSpan(0, Math.Min(old.Length, Length)).CopyTo(content);
        return before.WithContent(Path, content);
    }

    public override Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation)
        => client.TruncateAsync(Tree.Join(folder, Path), Length, cancellation);

    public override string ToString() => $"truncate {Path} to {Length}";
}
