using MfsHa.Operator.Cluster.Actions;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>What a step found.</summary>
public abstract record StepResult
{
    private StepResult()
    {
    }

    /// <summary>What it wants done now, in this order.</summary>
    public IReadOnlyList<ClusterAction> Actions { get; private init; } = [];

    /// <summary>Later steps may go on.</summary>
    public static StepResult Go(params IReadOnlyList<ClusterAction> actions) => new Done { Actions = actions };

    /// <summary>Later steps have to wait; an event, or the next look, will bring it further.</summary>
    public static StepResult WaitFor(string message, params IReadOnlyList<ClusterAction> actions) => new Wait(message) { Actions = actions };

    /// <summary>Only people can bring it further.</summary>
    public static StepResult Fail(string message) => new Failed(message);

    /// <summary>All is as it should be, or will be once the actions are done.</summary>
    public sealed record Done : StepResult;

    /// <summary>Not there yet.</summary>
    public sealed record Wait(string Message) : StepResult;

    /// <summary>Refused.</summary>
    public sealed record Failed(string Message) : StepResult;
}
