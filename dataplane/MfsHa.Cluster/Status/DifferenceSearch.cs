using MfsHa.Cluster.MetadataFiles;
using MfsHa.Consensus;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Status;

/// <summary>
/// Names the first record by which replicas of a group differ, after their checksums have shown that they do: marks another point of the log, at which all members open their records, and reads those side by
/// side. Nobody waits for it but who asks; a replica keeps records that are overwritten meanwhile until it has ended.
/// </summary>
public sealed class DifferenceSearch(ViewShipping shipping, StatusService status)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Searches. That no key is found is no error: the result says why.</summary>
    public async Task<FirstDifference> FindAsync(ushort group, IReadOnlyCollection<NodeId> members, CancellationToken cancellation)
    {
        var point = Guid.NewGuid();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Limit);
        try
        {
            var readable = await shipping.ExpectAsync(point, group, members, limited.Token).ConfigureAwait(false);
            return readable.Count < 2
                ? FirstDifference.None("fewer than two replicas can be read now")
                : await CompareAsync(point, group, members, readable, limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return FirstDifference.None($"replicas are too large to find it within {Limit.TotalMinutes:0} minutes");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or TimeoutException or PeerUnavailableException or ProposalRejectedException or RpcException or NotLeaderException)
        {
            return FirstDifference.None(e.Message);
        }
        finally
        {
            await shipping.EndAsync(point, group, members).ConfigureAwait(false);
        }
    }

    private async Task<FirstDifference> CompareAsync(Guid point, ushort group, IReadOnlyCollection<NodeId> members, IReadOnlyList<NodeId> readable, CancellationToken cancellation)
    {
        await status.MarkAsync(point, group, cancellation).ConfigureAwait(false);
        var readers = readable.Order().ToDictionary(static n => n, n => new ShippedReader(number => shipping.ReadAsync(new ViewCall(point, group, ViewStep.Read, number), n, cancellation)));
        return await FirstDifference.FindAsync(readers, cancellation).ConfigureAwait(false)
            ?? FirstDifference.None(readable.Count < members.Count
                ? $"a second look finds none on nodes {string.Join(", ", readers.Keys)}; the others do not answer"
                : "a second look finds none: it was overwritten meanwhile");
    }
}
