namespace MfsHa.MetadataFile.Import;

/// <summary>Counts records on their way into the store, of several threads.</summary>
internal sealed class LoadProgress(ImportMeter meter)
{
    private const int Between = 1 << 10;

    [ThreadStatic]
    private static int steps;

    /// <summary>One record more.</summary>
    public void Step(CancellationToken cancellation)
    {
        if ((++steps & (Between - 1)) == 0)
        {
            meter.Add(Between);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
