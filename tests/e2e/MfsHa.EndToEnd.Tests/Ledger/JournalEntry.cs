using System.Globalization;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>One line of the ledger. Times since the start of the run; <paramref name="End"/> is null as long as there is no outcome.</summary>
/// <param name="Folder">The worker's folder; empty for faults.</param>
/// <param name="Paths">The names that it is about, relative to the folder.</param>
internal sealed record JournalEntry(string Who, string Folder, string Text, IReadOnlyList<string> Paths, TimeSpan Begin)
{
    public TimeSpan? End { get; set; }

    public string Outcome { get; set; } = "begun";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Begin.TotalSeconds,9:0.000} {(End is { } end ? (end - Begin).TotalMilliseconds : double.NaN),8:0.0} ms {Who,-16} {Folder} {Text}: {Outcome}");
}
