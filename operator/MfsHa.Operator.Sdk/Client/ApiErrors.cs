using System.Net;
using k8s;
using k8s.Autorest;

namespace MfsHa.Operator.Sdk.Client;

/// <summary>What errors of the API server mean.</summary>
public static class ApiErrors
{
    private const int Gone = 410;

    /// <summary>There is no such object, kind or version.</summary>
    public static bool IsNotFound(this HttpOperationException e) => e.Response?.StatusCode == HttpStatusCode.NotFound;

    /// <summary>It exists already, or was changed meanwhile.</summary>
    public static bool IsConflict(this HttpOperationException e) => e.Response?.StatusCode == HttpStatusCode.Conflict;

    /// <summary>The version that was asked for is too old: everything has to be listed again.</summary>
    public static bool IsGone(Exception e) =>
        (e is HttpOperationException { Response.StatusCode: HttpStatusCode.Gone }) || (e is KubernetesException { Status.Code: Gone });

    /// <summary>What the API server said, in one line.</summary>
    public static string Explain(Exception e)
    {
        if (e is not HttpOperationException { Response: { } response })
        {
            return e.Message;
        }

        try
        {
            return $"{(int)response.StatusCode} {KubernetesJson.Deserialize<k8s.Models.V1Status>(response.Content)?.Message ?? response.ReasonPhrase}";
        }
        catch (System.Text.Json.JsonException)
        {
            return $"{(int)response.StatusCode} {response.ReasonPhrase}";
        }
    }
}
