using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace MfsHa.Operator.Backups;

/// <summary>How a Job ended.</summary>
/// <param name="IsDone">It made what it should; false: it failed for good.</param>
/// <param name="Time">When it ended.</param>
/// <param name="Report">What it made; null when it failed, or when its pod is gone.</param>
/// <param name="Message">Last words of a Job that failed.</param>
public sealed partial record JobOutcome(bool IsDone, DateTime? Time, JobOutcome.Made? Report, string Message)
{
    /// <summary>The outcome; null: it has not ended.</summary>
    /// <param name="job">The Job.</param>
    /// <param name="pods">Pods, its own among them.</param>
    public static JobOutcome? Of(V1Job job, IEnumerable<V1Pod> pods)
    {
        V1JobCondition? end = job.Status?.Conditions?.FirstOrDefault(static c => c is { Type: "Complete" or "Failed", Status: "True" });
        if (end is null)
        {
            return null;
        }

        bool isDone = end.Type == "Complete";
        string? said = pods.Where(p => p.Metadata.OwnerReferences?.Any(o => o.Uid == job.Metadata.Uid) == true)
            .Where(p => p.Status?.Phase == (isDone ? "Succeeded" : "Failed"))
            .OrderBy(static p => p.Metadata.CreationTimestamp)
            .Select(static p => p.Status.ContainerStatuses?.FirstOrDefault()?.State?.Terminated?.Message)
            .LastOrDefault(static m => !string.IsNullOrEmpty(m));
        return new JobOutcome(isDone, job.Status!.CompletionTime ?? end.LastTransitionTime, isDone ? Read(said) : null, isDone ? "" : said?.Trim() ?? end.Message ?? end.Reason ?? "the Job failed");
    }

    private static Made? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, ReportJson.Default.Made);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a backup's container writes as its termination message.</summary>
    public sealed record Made(
        [property: JsonPropertyName("file")] string File,
        [property: JsonPropertyName("sizeBytes")] long SizeBytes,
        [property: JsonPropertyName("durationSeconds")] long DurationSeconds);

    [JsonSerializable(typeof(Made))]
    private sealed partial class ReportJson : JsonSerializerContext;
}
