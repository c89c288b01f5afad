using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using Microsoft.Extensions.Logging;

namespace MfsHa.Operator.Sdk.Events;

/// <summary>Tells people by events what an operator did, and why it waits. Repeats raise a count. Never fails.</summary>
/// <param name="client">The API server.</param>
/// <param name="component">Name of the operator.</param>
/// <param name="clock">What time it is.</param>
/// <param name="logger">Says what could not be told.</param>
public sealed partial class EventPublisher(IApiClient client, string component, TimeProvider clock, ILogger logger)
{
    private const int MaxMessage = 1000;
    private static readonly ApiResource _events = ApiResource.Of<Corev1Event>();

    /// <summary>Publishes one event.</summary>
    /// <param name="about">What it is about.</param>
    /// <param name="isWarning">Somebody should look at it.</param>
    /// <param name="reason">One word.</param>
    /// <param name="message">A sentence.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task PublishAsync(IKubernetesObject<V1ObjectMeta> about, bool isWarning, string reason, string message, CancellationToken cancellation)
    {
        string type = isWarning ? "Warning" : "Normal";
        string text = message.Length > MaxMessage ? message[..MaxMessage] : message;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{about.Metadata.Uid}\n{type}\n{reason}\n{text}"));
        var key = new ObjectKey(about.Metadata.NamespaceProperty, $"{about.Metadata.Name}.{Convert.ToHexStringLower(hash.AsSpan(0, 12))}");
        DateTime now = clock.GetUtcNow().UtcDateTime;
        try
        {
            if (await client.GetAsync<Corev1Event>(_events, key, cancellation).ConfigureAwait(false) is { } known)
            {
                await client.MergePatchAsync(_events, key, new { count = (known.Count ?? 1) + 1, lastTimestamp = now }, cancellation).ConfigureAwait(false);
                return;
            }

            await client.CreateAsync(
                _events,
                new Corev1Event
                {
                    ApiVersion = "v1",
                    Kind = "Event",
                    Metadata = new V1ObjectMeta { Name = key.Name, NamespaceProperty = key.Namespace },
                    InvolvedObject = new V1ObjectReference { ApiVersion = about.ApiVersion, Kind = about.Kind, Name = about.Metadata.Name, NamespaceProperty = key.Namespace, Uid = about.Metadata.Uid },
                    Reason = reason,
                    Message = text,
                    Type = type,
                    Count = 1,
                    FirstTimestamp = now,
                    LastTimestamp = now,
                    Source = new V1EventSource { Component = component },
                },
                cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException)
        {
            Log.Untold(logger, key.ToString(), reason, ApiErrors.Explain(e));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Key}: event {Reason} could not be published: {Why}")]
        public static partial void Untold(ILogger logger, string key, string reason, string why);
    }
}
