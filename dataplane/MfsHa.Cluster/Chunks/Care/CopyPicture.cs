namespace MfsHa.Cluster.Chunks.Care;

/// <summary>The copies of a chunk, sorted by what they are good for.</summary>
internal sealed class CopyPicture
{
    public CopyPicture(ChunkCase chunk, CareServers servers)
    {
        foreach (var copy in chunk.Copies)
        {
            if (chunk.CondemnedAt.Contains(copy.Server))
            {
                continue;
            }

            var server = servers.Find(copy.Server);
            if (copy.IsDamaged || copy.Version != chunk.Version)
            {
                if (server is { IsPresent: true })
                {
                    Bad.Add(copy);
                }

                continue;
            }

            AnyGood = true;
            if (server is null || server.IsGone)
            {
                continue;
            }

            if (!server.IsPresent)
            {
                Awaited++;
            }
            else if (server.IsInMaintenance)
            {
                Resting.Add(server);
            }
            else if (copy.IsMarkedForRemoval)
            {
                Marked.Add(server);
            }
            else
            {
                Regular.Add(server);
            }
        }
    }

    /// <summary>Good copies on chunkservers that are present and stay so.</summary>
    public List<CareServer> Regular { get; } = [];

    /// <summary>Good copies on disks that are marked for removal.</summary>
    public List<CareServer> Marked { get; } = [];

    /// <summary>Good copies on chunkservers that are present but in maintenance: they may go for a while at any moment.</summary>
    public List<CareServer> Resting { get; } = [];

    /// <summary>Good copies on chunkservers that are absent and expected back.</summary>
    public int Awaited { get; }

    /// <summary>Good copies that can be read now.</summary>
    public int Readable => Regular.Count + Marked.Count + Resting.Count;

    /// <summary>Good copies that need not be replaced.</summary>
    public int Lasting => Regular.Count + Resting.Count + Awaited;

    /// <summary>Copies on present chunkservers that are damaged or of another version.</summary>
    public List<CopyCase> Bad { get; } = [];

    /// <summary>True when there is a good copy anywhere, be it on a chunkserver that is gone.</summary>
    public bool AnyGood { get; }
}
