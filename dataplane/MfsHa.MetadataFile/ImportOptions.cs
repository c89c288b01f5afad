namespace MfsHa.MetadataFile;

/// <summary>How a metadata.mfs is read.</summary>
/// <param name="Now">Unix seconds.</param>
/// <param name="IsRestore">
/// True when the file is a backup of a cluster that went on after it was made: chunkservers and clients may know of objects and chunks of a later time, whose numbers are not given out
/// again, and no copy of a chunk is deleted until an administrator releases that.
/// </param>
public sealed record ImportOptions(uint Now, bool IsRestore = false);
