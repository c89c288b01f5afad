namespace MfsHa.Node.Exports;

/// <summary>Something in mfsexports.cfg that has no effect or less than its author may think; mfsmaster, too, carries on.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="IsLineDropped">True when the whole line permits nothing, false when only a part of it is ignored.</param>
/// <param name="Message">What it is.</param>
public sealed record ExportsIssue(int Line, bool IsLineDropped, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}: {Message} ({(IsLineDropped ? "the line is dropped" : "ignored")})";
}
