using k8s;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Leadership;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;
using Serilog;
using Serilog.Events;

namespace MfsHa.Operator.Hosting;

/// <summary>The operator as a process: probes and metrics, the lease, and while it is held the work.</summary>
public static class OperatorProcess
{
    private const string LeaseName = "mfsha-operator";

    /// <summary>Runs until SIGTERM; exit code 0. 1: it cannot run so, or has lost the lease; it is started again then.</summary>
    public static async Task<int> RunAsync()
    {
        await using Serilog.Core.Logger log = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .CreateLogger();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSerilog(log);
        try
        {
            OperatorOptions options = OperatorOptions.Read(Environment.GetEnvironmentVariable);
            builder.WebHost.UseUrls($"http://*:{options.Port}");
            await using WebApplication application = builder.Build();
            ILoggerFactory logs = application.Services.GetRequiredService<ILoggerFactory>();
            application.MapGet("/healthz", () => Results.Text("ok\n"));
            application.MapGet("/readyz", () => Results.Text("ready\n"));
            application.MapMetrics("/metrics");
            await application.StartAsync().ConfigureAwait(false);
            CancellationToken stop = application.Lifetime.ApplicationStopping;
            using var client = new Kubernetes(KubernetesClientConfiguration.BuildDefaultConfig());
            var term = new LeaderTerm(client, options.OwnNamespace, LeaseName, options.Identity, options.Lease, logs.CreateLogger(typeof(LeaderTerm).FullName!));
            try
            {
                await term.RunAsync(token => OperatorRun.RunAsync(options, new ApiClient(client, Cluster.ClusterNames.Operator), TimeProvider.System, logs, token), stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // SIGTERM while it waited for the lease.
            }

            return 0;
        }
        catch (Exception e) when (e is FormatException or LeadershipLostException or NotSupportedException or k8s.Exceptions.KubeConfigException)
        {
            log.Fatal("{Reason}", e.Message);
            return 1;
        }
    }
}
