using System.Globalization;

namespace MfsHa.MetadataFile.Backups;

/// <summary>Whether a backup is whole: its manifest, and byte by byte its metadata.mfs. Needs no cluster.</summary>
public static class BackupCheck
{
    /// <summary>Most damages that are told; further ones are only counted.</summary>
    private const int MaxTold = 20;

    /// <summary>The manifest of a whole backup. <see cref="BackupException"/> with the places of the damages otherwise.</summary>
    public static async Task<BackupManifest> RunAsync(string path, CancellationToken cancellation)
    {
        var manifest = BackupManifest.Read(path);
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            await CheckAsync(manifest, file, cancellation).ConfigureAwait(false);
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Whether a file, read from its beginning, is the one of a manifest. <see cref="BackupException"/> with the places of the damages otherwise.</summary>
    public static async Task CheckAsync(BackupManifest manifest, FileStream file, CancellationToken cancellation)
    {
        file.Position = 0;
        await CompareAsync(manifest, file, file.Length, cancellation).ConfigureAwait(false);
        CheckFrame(file, manifest);
    }

    /// <summary>Whether the bytes of a stream are those of a manifest's file. <see cref="BackupException"/> with the places of the damages otherwise.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="file">The stream, from its beginning.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task CompareAsync(BackupManifest manifest, Stream file, long length, CancellationToken cancellation)
    {
        var damages = await CompareBlocksAsync(file, length, manifest, cancellation).ConfigureAwait(false);
        if (damages.Count > 0)
        {
            var told = string.Join("\n", damages.Take(MaxTold));
            throw new BackupException(damages.Count > MaxTold ? string.Create(CultureInfo.InvariantCulture, $"{told}\n{damages.Count - MaxTold} more") : told);
        }
    }

    private static async Task<List<string>> CompareBlocksAsync(Stream file, long length, BackupManifest manifest, CancellationToken cancellation)
    {
        if (manifest.BlockLength is < 1 or > BackupBlocks.MaxLength || manifest.Blocks.Count != (manifest.Length + manifest.BlockLength - 1) / manifest.BlockLength)
        {
            throw new BackupException(string.Create(CultureInfo.InvariantCulture, $"the manifest has {manifest.Blocks.Count} blocks of {manifest.BlockLength} bytes for {manifest.Length} bytes"));
        }

        var damages = new List<string>();
        if (length != manifest.Length)
        {
            damages.Add(string.Create(CultureInfo.InvariantCulture, $"the file has {length} bytes, {manifest.Length} were written: it is {(length < manifest.Length ? "truncated" : "longer")}"));
        }

        var number = 0;
        await foreach (var checksum in BackupBlocks.ReadAsync(file, manifest.BlockLength, cancellation).ConfigureAwait(false))
        {
            if (number < manifest.Blocks.Count && checksum != manifest.Blocks[number])
            {
                damages.Add(Describe(manifest, number));
            }

            number++;
        }

        for (; number < manifest.Blocks.Count; number++)
        {
            damages.Add(Describe(manifest, number));
        }

        return damages;
    }

    private static string Describe(BackupManifest manifest, int block)
    {
        var begin = (long)block * manifest.BlockLength;
        var end = Math.Min(begin + manifest.BlockLength, manifest.Length);
        var sections = manifest.Sections.Where(s => s.Offset < end && s.Offset + s.Length > begin).Select(static s => s.Name).ToArray();
        return string.Create(
            CultureInfo.InvariantCulture, $"bytes {begin}..{end - 1} are damaged or missing ({(sections.Length > 0 ? $"section {string.Join(", ", sections)}" : "outside of sections")})");
    }

    // Bytes that are as they were written make a file as it was written; this looks whether that was one.
    private static void CheckFrame(FileStream file, BackupManifest manifest)
    {
        file.Position = 0;
        try
        {
            var (metaId, sections) = BackupFrame.Read(file);
            if (!sections.SequenceEqual(manifest.Sections) || metaId.ToString("X16", CultureInfo.InvariantCulture) != manifest.MetaId)
            {
                throw new BackupException("sections or metaid of the file are not those of the manifest");
            }
        }
        catch (MetadataFileException e)
        {
            throw new BackupException(e.Message);
        }
    }
}
