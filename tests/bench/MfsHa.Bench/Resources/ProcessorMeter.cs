using MfsHa.Bench.Subjects;

namespace MfsHa.Bench.Resources;

/// <summary>Processor time of all processes of a service from now on.</summary>
internal sealed class ProcessorMeter
{
    private readonly int[] processes;
    private readonly TimeSpan before;

    public ProcessorMeter(Subject subject)
    {
        processes = [.. subject.Processes.Select(static process => process.Id)];
        before = Total();
    }

    public TimeSpan Used => Total() - before;

    private TimeSpan Total() => processes.Aggregate(TimeSpan.Zero, static (sum, process) => sum + ProcessUsage.ProcessorTime(process));
}
