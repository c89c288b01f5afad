namespace MfsHa.MetadataFile;

/// <summary>For which mfsmasters a metadata.mfs is written: a newer one loads the file of an older one, never the other way round.</summary>
public enum MetadataFormat
{
    /// <summary>3.0.117 and everything newer. Erasure coding, name patterns, trash modes and unique masks of storage classes cannot be said in it.</summary>
    Version3 = 3,

    /// <summary>4.56 and everything newer.</summary>
    Version4 = 4,
}
