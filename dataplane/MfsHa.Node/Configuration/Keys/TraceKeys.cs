using MfsHa.Node.Configuration.Formats;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>Tracing of requests.</summary>
public static class TraceKeys
{
    /// <summary><c>HA_TRACE_ENDPOINT</c>.</summary>
    public static readonly ConfigurationKey<Uri?> Endpoint = Key(
        "HA_TRACE_ENDPOINT", AddressFormats.OptionalHttpUrl, "", ReloadClass.Restart,
        "Where an OpenTelemetry collector takes traces of requests by OTLP: http://collector:4317 (gRPC), or with a path, http://collector:4318/v1/traces (HTTP). Empty: nothing is traced.");

    /// <summary><c>HA_TRACE_RATIO</c>.</summary>
    public static readonly ConfigurationKey<double> Ratio = Key(
        "HA_TRACE_RATIO", NumberFormats.Decimal(0, 1), "0.01", ReloadClass.Restart,
        "Which part of the clients' requests is traced, from their gateway to every shard and back.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new("Tracing", [Endpoint, Ratio]);
}
