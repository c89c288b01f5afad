using MfsHa.Bench.Reporting;

namespace MfsHa.Bench;

/// <summary>A sequence of measurements on one subject. Each is made when it is asked for, so that subjects can take turns.</summary>
internal interface IBenchmark
{
    IAsyncEnumerable<Measurement> RunAsync(CancellationToken cancellation);
}
