namespace MfsHa.Admin.Operations;

/// <summary>What people call a group: 0 is the system group, 1 + n shard n.</summary>
internal static class GroupNames
{
    public const uint System = 0;

    public static bool IsShard(uint group) => group != System;

    public static uint ShardOf(uint group) => group - 1;

    public static string Of(uint group) => IsShard(group) ? $"shard {ShardOf(group)}" : "system group";

    /// <summary>"shards 0-3 and the system group".</summary>
    public static string Of(IReadOnlyCollection<uint> groups)
    {
        uint[] shards = [.. groups.Where(IsShard).Select(ShardOf)];
        string text = shards.Length switch
        {
            0 => "",
            1 => $"shard {shards[0]}",
            _ => $"shards {Show.Ranges(shards)}",
        };
        return !groups.Contains(System) ? text : text.Length == 0 ? "the system group" : text + " and the system group";
    }
}
