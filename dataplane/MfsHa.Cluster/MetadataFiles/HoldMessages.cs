using MemoryPack;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>What a node that makes a cut asks the leaders of shards for; the wire format between nodes.</summary>
/// <param name="Point">Names the cut.</param>
/// <param name="Groups">Groups that the called node leads.</param>
/// <param name="Step">What to do.</param>
/// <param name="LimitMilliseconds">When a hold ends by itself, at most <see cref="ShardHolds.MaxMilliseconds"/>.</param>
[MemoryPackable]
internal sealed partial record HoldRequest(Guid Point, ushort[] Groups, HoldStep Step, int LimitMilliseconds);

/// <summary>The answer.</summary>
/// <param name="Done">All groups: led by the called node; held; held without a break until released.</param>
/// <param name="Microseconds">The longest time that a group's commands were held; 0 before they are released.</param>
[MemoryPackable]
internal sealed partial record HoldAnswer(bool Done, long Microseconds);

/// <summary>Steps of a hold; part of the wire format.</summary>
internal enum HoldStep : byte
{
    /// <summary>Leadership is confirmed, so that the next steps need not wait for it.</summary>
    Prepare = 1,

    /// <summary>Commands that come from now on wait, behind the mark of the cut.</summary>
    Begin = 2,

    /// <summary>They go on.</summary>
    End = 3,
}
