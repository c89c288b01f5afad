namespace MfsHa.Demo.Phases;

/// <summary>One step of the demo.</summary>
public interface IPhase
{
    /// <summary>What it does, for the list of phases.</summary>
    string Title { get; }

    /// <summary>Does it.</summary>
    /// <exception cref="PromiseBrokenException">The cluster did not hold what it promises.</exception>
    /// <exception cref="TimeoutException">Something that was waited for did not come.</exception>
    /// <exception cref="InvalidOperationException">A program ended by itself.</exception>
    Task RunAsync(DemoContext context, CancellationToken cancellation);
}
