using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>What is under way.</summary>
public sealed class OperationStatus
{
    /// <summary>The step.</summary>
    [JsonPropertyName("type")]
    [Description("Growth, Restore, Bootstrap, Form, Repair, Leave, Roll, Join, Options, Trust or Grown.")]
    public string? Type { get; set; }

    /// <summary>What it waits for.</summary>
    [JsonPropertyName("message")]
    [Description("What it does, or waits for.")]
    public string? Message { get; set; }
}
