using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Sdk.Client;

/// <summary>Which version of a kind a server has. Asked by kind: a group version may be there without the kind.</summary>
public static class Discovery
{
    /// <summary>The first of the candidates that the server has.</summary>
    /// <exception cref="NotSupportedException">It has none.</exception>
    public static async Task<ApiResource> FindAsync(IApiClient client, IReadOnlyList<ApiResource> candidates, CancellationToken cancellation)
    {
        foreach (ApiResource candidate in candidates)
        {
            IReadOnlyList<string> kinds = await client.KindsAsync(candidate.Group, candidate.Version, cancellation).ConfigureAwait(false);
            if (kinds.Contains(candidate.Kind))
            {
                return candidate;
            }
        }

        throw new NotSupportedException($"the API server has none of {string.Join(", ", candidates.Select(static c => $"{c.ApiVersion} {c.Kind}"))}");
    }
}
