namespace MfsHa.MetadataFile;

/// <summary>How far an import is, for whoever looks at it from another thread. First the file is read, then records are written.</summary>
public sealed class ImportMeter
{
    private long done;
    private long total;

    /// <summary>Records that are written, of <see cref="Total"/>; grows when the file has been read.</summary>
    public long Done => Volatile.Read(ref done);

    /// <summary>Records to be written; 0 while the file is read.</summary>
    public long Total => Volatile.Read(ref total);

    internal void Begin(long records) => Volatile.Write(ref total, records);

    internal void Add(long records) => Interlocked.Add(ref done, records);
}
