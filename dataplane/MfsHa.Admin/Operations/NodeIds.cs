using System.CommandLine;

namespace MfsHa.Admin.Operations;

/// <summary>Ids of several nodes on a command line: "1,2,3".</summary>
internal static class NodeIds
{
    /// <summary>An option with such a list.</summary>
    public static Option<string> Option(string name, string description, bool isRequired)
    {
        var nodes = new Option<string>(name) { Description = description, HelpName = "N,...", Required = isRequired };
        nodes.Validators.Add(result =>
        {
            if (Parse(result.GetValueOrDefault<string>()) is null)
            {
                result.AddError($"{name}: expected ids 1..{ushort.MaxValue}, separated by commas");
            }
        });
        return nodes;
    }

    /// <summary>Each id once, in the order of the text; null when it is none.</summary>
    public static uint[]? Parse(string? text)
    {
        string[] parts = (text ?? "").Split(',', StringSplitOptions.TrimEntries);
        uint[] ids = [.. parts.Select(static p => ushort.TryParse(p, out ushort id) ? (uint)id : 0).Distinct()];
        return ids.Contains(0u) ? null : ids;
    }
}
