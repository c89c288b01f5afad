namespace MfsHa.MetadataFile;

/// <summary>Room for what an import cannot hold in memory.</summary>
public interface IScratch
{
    /// <summary>An empty file to write and read; gone when it is closed.</summary>
    Stream Create();
}
