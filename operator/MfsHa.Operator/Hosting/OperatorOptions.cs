namespace MfsHa.Operator.Hosting;

/// <summary>What the operator is started with; all from the environment.</summary>
/// <param name="NodeImage">MFSHA_NODE_IMAGE: image of nodes where a cluster names none.</param>
/// <param name="WatchNamespace">MFSHA_WATCH_NAMESPACE: the only namespace to look at; null: all.</param>
/// <param name="OwnNamespace">POD_NAMESPACE: where the lease is.</param>
/// <param name="Identity">POD_NAME: who holds it.</param>
/// <param name="Port">MFSHA_OPERATOR_PORT: /healthz, /readyz, /metrics; 8080.</param>
/// <param name="Workers">MFSHA_OPERATOR_WORKERS: clusters that are worked on at once; 4.</param>
/// <param name="Lease">MFSHA_OPERATOR_LEASE_SECONDS: how long another one waits when this one is gone without having given its lease back; 15.</param>
public sealed record OperatorOptions(string NodeImage, string? WatchNamespace, string OwnNamespace, string Identity, int Port, int Workers, TimeSpan Lease)
{
    private const int DefaultPort = 8080;
    private const int DefaultWorkers = 4;
    private const int MaxWorkers = 64;
    private const int DefaultLease = 15;
    private const int LeastLease = 3;
    private const int MaxLease = 300;

    /// <summary>Reads the environment.</summary>
    /// <exception cref="FormatException">A variable is missing or wrong; the message says which.</exception>
    public static OperatorOptions Read(Func<string, string?> environment)
    {
        string? Text(string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;
        int Number(string name, int fallback, int most, int least = 1) => Text(name) is not { } value ? fallback
            : int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out int number) && number >= least && number <= most ? number
            : throw new FormatException($"{name}: {least}..{most} expected, found {value}");
        return new OperatorOptions(
            Text("MFSHA_NODE_IMAGE") ?? throw new FormatException("MFSHA_NODE_IMAGE: the image of mfsha nodes expected, found nothing"),
            Text("MFSHA_WATCH_NAMESPACE"),
            Text("POD_NAMESPACE") ?? "default",
            Text("POD_NAME") ?? Environment.MachineName,
            Number("MFSHA_OPERATOR_PORT", DefaultPort, ushort.MaxValue),
            Number("MFSHA_OPERATOR_WORKERS", DefaultWorkers, MaxWorkers),
            TimeSpan.FromSeconds(Number("MFSHA_OPERATOR_LEASE_SECONDS", DefaultLease, MaxLease, LeastLease)));
    }
}
