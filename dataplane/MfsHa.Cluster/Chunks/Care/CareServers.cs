namespace MfsHa.Cluster.Chunks.Care;

/// <summary>All known chunkservers at one moment.</summary>
public sealed class CareServers
{
    /// <summary>Nobody is known, nothing may be done.</summary>
    public static readonly CareServers None = new([], isSettled: false);

    private readonly Dictionary<ushort, CareServer> byId;

    /// <summary>Takes a picture.</summary>
    /// <param name="servers">One per known chunkserver.</param>
    /// <param name="isSettled">False while some chunkserver registers.</param>
    public CareServers(IEnumerable<CareServer> servers, bool isSettled)
    {
        byId = servers.ToDictionary(static s => s.Id);
        IsSettled = isSettled;
        AllArePresent = byId.Values.All(static s => s.IsPresent);
        Present = [.. byId.Values.Where(static s => s.IsPresent).OrderBy(static s => s.Usage).ThenBy(static s => s.Id)];
    }

    /// <summary>False while some chunkserver registers: what it has looks missing until it has listed it.</summary>
    public bool IsSettled { get; }

    /// <summary>True when every known chunkserver is present.</summary>
    public bool AllArePresent { get; }

    /// <summary>Those that are present, the emptiest first.</summary>
    public IReadOnlyList<CareServer> Present { get; }

    /// <summary>All.</summary>
    public IReadOnlyCollection<CareServer> All => byId.Values;

    /// <summary>A chunkserver; null when it is not known any more.</summary>
    public CareServer? Find(ushort id) => byId.GetValueOrDefault(id);
}
