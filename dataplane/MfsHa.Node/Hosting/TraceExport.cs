using System.Globalization;
using MfsHa.Cluster.Tracing;
using MfsHa.Node.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MfsHa.Node.Hosting;

/// <summary>
/// Sends traces to an OpenTelemetry collector. In the background and in batches of bounded memory: a collector that is slow or away costs traces, nothing else.
/// </summary>
internal static class TraceExport
{
    /// <summary>Begins; null when there is no collector. Disposing sends what waits, for a second at most.</summary>
    public static IDisposable? Begin(NodeConfiguration node)
    {
        if (node.Traces.Endpoint is not { } endpoint)
        {
            return null;
        }

        const int DeadlineMilliseconds = 1000;
        return Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(
                "mfsha", serviceVersion: typeof(TraceExport).Assembly.GetName().Version?.ToString(3), autoGenerateServiceInstanceId: false, serviceInstanceId: node.NodeId.ToString(CultureInfo.InvariantCulture)))
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(node.Traces.Ratio)))
            .AddSource(Traces.Name)
            .AddOtlpExporter(options =>
            {
                options.Endpoint = endpoint;
                options.Protocol = endpoint.AbsolutePath == "/" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                options.TimeoutMilliseconds = DeadlineMilliseconds;
            })
            .Build();
    }
}
