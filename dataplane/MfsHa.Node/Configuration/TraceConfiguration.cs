using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>Tracing of requests.</summary>
/// <param name="Endpoint">The collector; null for none.</param>
/// <param name="Ratio">Which part of the requests, 0..1.</param>
public sealed record TraceConfiguration(Uri? Endpoint, double Ratio)
{
    internal static TraceConfiguration From(ConfigurationValues values) => new(values.Get(TraceKeys.Endpoint), values.Get(TraceKeys.Ratio));
}
