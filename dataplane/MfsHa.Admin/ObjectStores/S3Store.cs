using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace MfsHa.Admin.ObjectStores;

/// <summary>
/// A bucket of a store that speaks S3. What is sent carries its SHA-256 in the signature, which the store checks; the newer checksums of S3 are left out, because many stores do not know them.
/// </summary>
public sealed class S3Store : IObjectStore, IDisposable
{
    /// <summary>Shorter objects are sent at once, longer ones in pieces of this length or more, bytes.</summary>
    private const long PieceLength = 32 << 20;

    /// <summary>Most pieces that S3 takes.</summary>
    private const int MaxPieces = 10_000;

    /// <summary>Most pages of a list, of 1000 keys each.</summary>
    private const int MaxPages = 1000;

    /// <summary>For one call: a piece over a slow line.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(10);

    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly string _store;
    private readonly long _pieceLength;

    /// <summary>Makes no call yet.</summary>
    /// <param name="endpoint">The store; null: Amazon's of the region.</param>
    /// <param name="region">Region that calls are signed for.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="keys">The caller.</param>
    /// <param name="pieceLength">Length of pieces, bytes; S3 takes 5 MiB or more.</param>
    public S3Store(Uri? endpoint, string region, string bucket, S3Keys keys, long pieceLength = PieceLength)
    {
        var configuration = new AmazonS3Config
        {
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            Timeout = _limit,
        };
        if (endpoint is null)
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            // Few own stores have a name for each bucket.
            configuration.ServiceURL = endpoint.ToString();
            configuration.AuthenticationRegion = region;
            configuration.ForcePathStyle = true;
        }

        AWSCredentials credentials = keys.Session is { } session ? new SessionAWSCredentials(keys.Id, keys.Secret, session) : new BasicAWSCredentials(keys.Id, keys.Secret);
        _client = new AmazonS3Client(credentials, configuration);
        _bucket = bucket;
        _store = endpoint?.ToString() ?? region;
        _pieceLength = pieceLength;
    }

    /// <inheritdoc/>
    public Task<long?> LengthAsync(string key, CancellationToken cancellation) => CallAsync<long?>("look at", key, async () =>
    {
        try
        {
            return (await _client.GetObjectMetadataAsync(_bucket, key, cancellation).ConfigureAwait(false)).ContentLength;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket")
        {
            // A store says to HEAD not which of both there is none of.
            _ = await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket, Prefix = key, MaxKeys = 1 }, cancellation).ConfigureAwait(false);
            return null;
        }
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? next = null;
        for (int page = 0; page < MaxPages; page++)
        {
            ListObjectsV2Response listed = await CallAsync(
                "list", prefix, () => _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket, Prefix = prefix, ContinuationToken = next }, cancellation)).ConfigureAwait(false);
            foreach (S3Object found in listed.S3Objects ?? [])
            {
                yield return found.Key;
            }

            next = listed.IsTruncated == true ? listed.NextContinuationToken : null;
            if (next is null)
            {
                yield break;
            }
        }

        throw new ObjectStoreException($"{_store}: more than {MaxPages * 1000} objects below {_bucket}/{prefix}");
    }

    /// <inheritdoc/>
    public Task<Stream> OpenAsync(string key, CancellationToken cancellation) =>
        CallAsync("read", key, async () => (await _client.GetObjectAsync(_bucket, key, cancellation).ConfigureAwait(false)).ResponseStream);

    /// <inheritdoc/>
    public Task PutAsync(string key, FileStream content, CancellationToken cancellation) => CallAsync("write", key, async () =>
    {
        content.Position = 0;
        if (content.Length > _pieceLength)
        {
            await PutInPiecesAsync(key, content, cancellation).ConfigureAwait(false);
        }
        else
        {
            var request = new PutObjectRequest { BucketName = _bucket, Key = key, InputStream = content, AutoCloseStream = false, UseChunkEncoding = false };
            _ = await _client.PutObjectAsync(request, cancellation).ConfigureAwait(false);
        }

        return true;
    });

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellation) => CallAsync("delete", key, () => _client.DeleteObjectAsync(_bucket, key, cancellation));

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // There is an object only when the last call has been answered; what was sent before takes space that nobody sees, so it is given back where that can be done.
    private async Task PutInPiecesAsync(string key, FileStream content, CancellationToken cancellation)
    {
        long length = Math.Max(_pieceLength, (content.Length + MaxPieces - 1) / MaxPieces);
        string id = (await _client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = _bucket, Key = key }, cancellation).ConfigureAwait(false)).UploadId;
        try
        {
            var pieces = new List<PartETag>();
            for (long offset = 0; offset < content.Length; offset += length)
            {
                int number = pieces.Count + 1;
                content.Position = offset;
                var request = new UploadPartRequest
                {
                    BucketName = _bucket, Key = key, UploadId = id, PartNumber = number, InputStream = content, PartSize = Math.Min(length, content.Length - offset), UseChunkEncoding = false,
                };
                pieces.Add(new PartETag(number, (await _client.UploadPartAsync(request, cancellation).ConfigureAwait(false)).ETag));
            }

            _ = await _client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = _bucket, Key = key, UploadId = id, PartETags = pieces }, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or OperationCanceledException)
        {
            await AbandonAsync(key, id).ConfigureAwait(false);
            throw;
        }
    }

    private async Task AbandonAsync(string key, string id)
    {
        using var limited = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            _ = await _client.AbortMultipartUploadAsync(_bucket, key, id, limited.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException or OperationCanceledException)
        {
            // What made it fail is told; the pieces are the bucket's life cycle rule's.
        }
    }

    private async Task<T> CallAsync<T>(string verb, string key, Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException or IOException)
        {
            string answer = e is AmazonS3Exception { ErrorCode: { Length: > 0 } code } ? $"{code}: {e.Message}" : e.Message;
            throw new ObjectStoreException($"{_store}: cannot {verb} {_bucket}/{key}: {answer}", e);
        }
    }
}
