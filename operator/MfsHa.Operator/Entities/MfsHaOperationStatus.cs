using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>What became of it.</summary>
public sealed class MfsHaOperationStatus
{
    /// <summary>Pending, Running, Succeeded or Failed.</summary>
    [JsonPropertyName("phase")]
    [Description("Pending, Running, Succeeded or Failed.")]
    public string? Phase { get; set; }

    /// <summary>What it waits for, or what came of it.</summary>
    [JsonPropertyName("message")]
    [Description("What it waits for, or what came of it.")]
    public string? Message { get; set; }

    /// <summary>Uid of the pod or the claim that is replaced.</summary>
    [JsonPropertyName("former")]
    [Description("Uid of the pod or the claim that is replaced.")]
    public string? Former { get; set; }

    /// <summary>RecoverQuorum: nodes that are given up.</summary>
    [JsonPropertyName("lost")]
    [Description("RecoverQuorum: the nodes that are given up, written down before it is done.")]
    public IList<LostNodeStatus>? Lost { get; set; }

    /// <summary>RecoverQuorum: it is done; what follows replaces the nodes that were given up.</summary>
    [JsonPropertyName("forced")]
    [Description("RecoverQuorum: the named nodes are the members of all groups. Never done again; what follows replaces the nodes that were given up.")]
    public bool? Forced { get; set; }

    /// <summary>When it began.</summary>
    [JsonPropertyName("startedAt")]
    [Description("When it began.")]
    public DateTime? StartedAt { get; set; }

    /// <summary>When it was over.</summary>
    [JsonPropertyName("finishedAt")]
    [Description("When it was over.")]
    public DateTime? FinishedAt { get; set; }
}
