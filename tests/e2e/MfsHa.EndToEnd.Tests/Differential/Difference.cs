namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>Where two services did not agree, and what each said.</summary>
internal sealed record Difference(string Where, string First, string Second)
{
    public override string ToString() => $"{Where}\n  first:  {First}\n  second: {Second}";
}
