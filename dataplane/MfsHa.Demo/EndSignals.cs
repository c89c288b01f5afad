using System.Runtime.InteropServices;

namespace MfsHa.Demo;

/// <summary>The signals that end the demo early: it cleans up then, also when asked again meanwhile.</summary>
public sealed class EndSignals : IDisposable
{
    private static readonly (PosixSignal Signal, string Name, int Number)[] Known =
        [(PosixSignal.SIGHUP, "SIGHUP", 1), (PosixSignal.SIGINT, "SIGINT", 2), (PosixSignal.SIGQUIT, "SIGQUIT", 3), (PosixSignal.SIGTERM, "SIGTERM", 15)];

    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public EndSignals()
        => registrations = [.. Known.Select(known => PosixSignalRegistration.Create(known.Signal, context =>
        {
            context.Cancel = true;
            Received ??= (known.Name, known.Number);
            source.Cancel();
        }))];

    public CancellationToken Token => source.Token;

    /// <summary>The first signal that came.</summary>
    public (string Name, int Number)? Received { get; private set; }

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }
        source.Dispose();
    }
}
