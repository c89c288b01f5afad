namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>A side as one of its clients sees it.</summary>
internal sealed record View(Side Side, Mount Mount, string Root)
{
    public TimeScale Times => Side.Times;

    /// <summary>The path in the mounted tree of one in the script.</summary>
    public string At(string path) => path.Length == 0 ? Root : $"{Root}/{path}";
}
