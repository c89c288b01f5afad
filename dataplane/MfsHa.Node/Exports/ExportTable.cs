using System.Collections.Immutable;
using System.Text;
using MfsHa.Protocol;

namespace MfsHa.Node.Exports;

/// <summary>A loaded mfsexports.cfg. Immutable.</summary>
public sealed class ExportTable
{
    internal ExportTable(ImmutableArray<ExportRule> rules, ImmutableArray<ExportsIssue> issues)
    {
        Rules = rules;
        Issues = issues;
        Checksum = ExportChecksum.Of(rules);
    }

    /// <summary>The rules in the order of the file. A DEFAULTS line is one, too, for address 0.0.0.0: mfsmaster lists it, and so must we.</summary>
    public ImmutableArray<ExportRule> Rules { get; }

    /// <summary>What was ignored.</summary>
    public ImmutableArray<ExportsIssue> Issues { get; }

    /// <summary>Changes when a rule changes; equal on all nodes that read the same rules and know the same users. Never 0.</summary>
    public ulong Checksum { get; }

    /// <summary>Decides about a new session (`mfsmaster/exports.c: exports_check`).</summary>
    public ExportDecision Decide(in ExportRequest request)
    {
        string? path = request.IsMeta ? null : Trim(request.Path.Span);
        bool answered = PasswordChallenge.IsAnswered(request.Challenge.Span, request.Response.Span);
        bool passwordFailed = false;
        ExportRule? best = null;
        foreach (ExportRule rule in Rules)
        {
            if (!rule.Addresses.Contains(request.Address) || request.Version < rule.MinVersion || !Covers(rule, path))
            {
                continue;
            }

            if (rule.PasswordDigest is { } digest
                && !(answered && PasswordChallenge.IsRight(request.Challenge.Span, request.Response.Span, digest.AsSpan())))
            {
                passwordFailed = true;
                continue;
            }

            if (best is null || IsPreferred(rule, best))
            {
                best = rule;
            }
        }

        if (best is not null)
        {
            return new ExportDecision(StatusCode.Ok, best);
        }

        return new ExportDecision(
            !passwordFailed ? StatusCode.EAcces : answered ? StatusCode.BadPassword : StatusCode.NoPassword, null);
    }

    private static bool Covers(ExportRule rule, string? path)
    {
        if (path is null || rule.IsMeta)
        {
            return path is null && rule.IsMeta;
        }

        if (path == rule.Directory)
        {
            return true;
        }

        return rule.AllDirectories
            && (rule.Directory.Length == 0
                || (path.Length > rule.Directory.Length && path[rule.Directory.Length] == '/' && path.StartsWith(rule.Directory, StringComparison.Ordinal)));
    }

    // Each question is asked only when the ones before it did not prefer the later rule; none of them protects the earlier rule, so that
    // a later read-only rule with an unrestricted root replaces an earlier read-write one. That is mfsmaster's order.
    private static bool IsPreferred(ExportRule later, ExportRule earlier) =>
        (!later.Flags.HasFlag(SessionFlags.ReadOnly) && earlier.Flags.HasFlag(SessionFlags.ReadOnly))
        || (later.RootUid == 0 && earlier.RootUid != 0)
        || (later.Flags.HasFlag(SessionFlags.Admin) && !earlier.Flags.HasFlag(SessionFlags.Admin))
        || (later.PasswordDigest is not null && earlier.PasswordDigest is null)
        || later.Directory.Length > earlier.Directory.Length;

    private static string Trim(ReadOnlySpan<byte> path)
    {
        int nul = path.IndexOf((byte)0);
        return Encoding.Latin1.GetString((nul < 0 ? path : path[..nul]).Trim((byte)'/'));
    }
}
