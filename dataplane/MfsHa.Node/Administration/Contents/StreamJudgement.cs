using MfsHa.Admin.Contract;

namespace MfsHa.Node.Administration.Contents;

/// <summary>What nodes have said of one stream.</summary>
internal enum StreamStanding
{
    /// <summary>There is a change after which all of them can be compared.</summary>
    Comparable,

    /// <summary>Some are still counting.</summary>
    UnderWay,

    /// <summary>They were never at the same change, as far as they remember.</summary>
    Apart,

    /// <summary>It is superseded or dropped on one of them: the others hear of it.</summary>
    Over,

    /// <summary>One has too many comparisons to do.</summary>
    Refused,
}

/// <summary>Brings together what nodes say of one stream. Pure.</summary>
/// <param name="Standing">What can be done with it.</param>
/// <param name="Seen">The last change that all were at, when they are comparable.</param>
/// <param name="Contents">What each has after it.</param>
internal sealed record StreamJudgement(StreamStanding Standing, ulong Seen, IReadOnlyList<ComparedContent> Contents)
{
    /// <summary>Judges the answers of all nodes that are compared.</summary>
    public static StreamJudgement Of(IReadOnlyList<(uint Node, ScannedStream Scanned)> answers)
    {
        StreamStanding standing = answers.Any(static a => a.Scanned.Progress == ScanProgress.Over) ? StreamStanding.Over
            : answers.Any(static a => a.Scanned.Progress is ScanProgress.Refused or ScanProgress.Unspecified) ? StreamStanding.Refused
            : answers.Any(static a => a.Scanned.Progress == ScanProgress.UnderWay) ? StreamStanding.UnderWay
            : StreamStanding.Comparable;
        if (standing != StreamStanding.Comparable || answers.Count == 0)
        {
            return new StreamJudgement(answers.Count == 0 ? StreamStanding.Over : standing, 0, []);
        }

        var states = answers.Select(static a => (a.Node, States: StatesOf(a.Scanned))).ToList();
        var common = states.Select(static s => s.States.Keys.AsEnumerable()).Aggregate(static (a, b) => a.Intersect(b)).ToList();
        if (common.Count == 0)
        {
            return new StreamJudgement(StreamStanding.Apart, 0, []);
        }

        ulong seen = common.Max();
        return new StreamJudgement(StreamStanding.Comparable, seen, [.. states.Select(s => new ComparedContent
        {
            Node = s.Node, Copies = s.States[seen].Copies, Checksum = s.States[seen].Checksum, Register = s.States[seen].Register,
        })]);
    }

    /// <summary>The last change that a node has.</summary>
    public static ulong LastOf(ScannedStream scanned) => scanned.States.Count > 0 ? scanned.States[^1].Seen : 0;

    // Who does not know the stream has what everybody had before its first change.
    private static Dictionary<ulong, ScannedState> StatesOf(ScannedStream scanned) =>
        scanned.Progress == ScanProgress.Unknown ? new() { [0] = new ScannedState() } : scanned.States.ToDictionary(static s => s.Seen);
}
