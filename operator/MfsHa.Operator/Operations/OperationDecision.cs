using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Operations;

/// <summary>What comes next in a piece of one-time work.</summary>
/// <param name="Phase">Pending, Running, Succeeded or Failed.</param>
/// <param name="Message">What it waits for, or what came of it.</param>
/// <param name="Actions">What is done now.</param>
/// <param name="Former">Uid of what is replaced.</param>
/// <param name="EndsWithActions">When they have been done it is over, and <paramref name="Message"/> tells the result.</param>
/// <param name="Compares">Replicas are compared now; that decides.</param>
public sealed record OperationDecision(
    string Phase, string Message, IReadOnlyList<ClusterAction> Actions, string? Former = null, bool EndsWithActions = false, bool Compares = false)
{
    /// <summary>Nodes that are given up, written down before that is done; null: none, or they are written down.</summary>
    public IReadOnlyList<LostNodeStatus>? Lost { get; init; }

    /// <summary>They are given up; written down, and never done again.</summary>
    public bool IsForced { get; init; }

    /// <summary>Nodes that get their share of the replicas now; when all are where they are to be leaders are spread, and that ends it. Null: it is about something else.</summary>
    public IReadOnlyList<int>? Spreads { get; init; }

    /// <summary>When nodes refuse it, it is tried again, and what they say is told.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Not begun.</summary>
    public static OperationDecision Pending(string message) => new("Pending", message, []);

    /// <summary>Over, and well.</summary>
    public static OperationDecision Succeeded(string message) => new("Succeeded", message, []);

    /// <summary>Over, or never begun: it cannot be.</summary>
    public static OperationDecision Failed(string message) => new("Failed", message, []);

    /// <summary>One action, and it is over.</summary>
    public static OperationDecision Once(string message, ClusterAction action) => new("Running", message, [action], EndsWithActions: true);

    /// <summary>Under way.</summary>
    public static OperationDecision Running(string message, string? former, params IReadOnlyList<ClusterAction> actions) => new("Running", message, actions, former);
}
