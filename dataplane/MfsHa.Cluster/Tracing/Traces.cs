using System.Diagnostics;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Tracing;

/// <summary>
/// The life of one request as OpenTelemetry activities: from the gateway to the leaders of all groups it concerns, and back. Who listens to <see cref="Name"/> decides
/// which requests are followed; when nobody does, or this one is not, nothing is made (and nothing is sent to other nodes).
/// </summary>
public static class Traces
{
    /// <summary>Name of the source.</summary>
    public const string Name = "mfsha";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>A client's request at its gateway.</summary>
    public static Activity? BeginRequest(PacketType type, uint session, uint messageId)
    {
        if (!Source.HasListeners() || Source.StartActivity(type.ToString(), ActivityKind.Server) is not { } activity)
        {
            return null;
        }

        return activity.SetTag("mfsha.session", session).SetTag("mfsha.message", messageId);
    }

    /// <summary>An operation on its way to the leader of a group.</summary>
    public static Activity? BeginCall(ushort group, object operation) => Begin("call", ActivityKind.Client, group, operation);

    /// <summary>An operation that another node has sent to this leader.</summary>
    public static Activity? BeginService(ActivityContext caller, ushort group, object operation)
    {
        if (caller == default || !Source.HasListeners())
        {
            return null;
        }

        return Describe(Source.StartActivity($"serve {operation.GetType().Name}", ActivityKind.Server, caller), group);
    }

    /// <summary>A command from its way into the log to its execution: committed on a majority, fsync included, and applied here.</summary>
    public static Activity? BeginProposal(ushort group, object operation) => Begin("propose", ActivityKind.Internal, group, operation);

    /// <summary>A transaction between shards, from the first promise it asks for to its decision.</summary>
    public static Activity? BeginTransaction(ushort group, object operation, int participants) =>
        Begin("transaction", ActivityKind.Internal, group, operation)?.SetTag("mfsha.participants", participants);

    /// <summary>Notes how something ended that has not gone well.</summary>
    public static void Fail(Activity? activity, string reason) => activity?.SetStatus(ActivityStatusCode.Error, reason);

    // Only what is recorded goes on: without the one above it an activity would begin a trace of its own.
    private static Activity? Begin(string name, ActivityKind kind, ushort group, object operation) =>
        Activity.Current is { Recorded: true } && Source.HasListeners() ? Describe(Source.StartActivity($"{name} {operation.GetType().Name}", kind), group) : null;

    private static Activity? Describe(Activity? activity, ushort group) => activity?.SetTag("mfsha.group", group);
}
