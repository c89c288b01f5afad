using System.Text;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;
using MfsHa.MetadataFile.Sections;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile;

/// <summary>Reads a metadata.mfs of 3.0.117 and of 4.56 and later into empty states (mfsmaster/metadata.c: meta_load).</summary>
public static class MetadataFileReader
{
    /// <summary>
    /// Reads the whole file. Damage, an unknown section or version: <see cref="MetadataFileException"/> with its place; what was written so far is of no use then.
    /// Afterwards all states stand at index 1 of term 1 of their logs.
    /// </summary>
    /// <param name="stream">The file from its beginning.</param>
    /// <param name="places">Where it is read into.</param>
    /// <param name="form">How the cluster is formed; its metaid is that of the file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="cancellation">Ends it.</param>
    public static MetadataReport Read(Stream stream, ImportPlaces places, Func<ulong, FormCluster> form, ImportOptions options, CancellationToken cancellation)
    {
        var system = places.System;
        var file = new FileParser(stream);
        var report = new MetadataReport();
        var (version, metaId) = ReadHead(file);
        if (new SystemProcessor(system).Execute(form(metaId), new OperationContext(options.Now)).Status != StatusCode.Ok)
        {
            throw new MetadataFileException("the cluster cannot be formed: its state is not empty, or its founders are not valid");
        }

        using var target = new ImportTarget(places, options, report, cancellation);
        var read = new HashSet<string>();
        while (ReadSection(file, target, read))
        {
        }

        if (!file.IsAtEnd())
        {
            throw file.Damaged("more follows behind the end marker");
        }

        var missing = AllSections.InOrder.Where(s => s.VersionIn(MetadataFormat.Version3) is not null && !read.Contains(s.Name)).Select(static s => s.Name).ToArray();
        if (missing.Length > 0)
        {
            throw file.Damaged($"the file ends without section {string.Join(", ", missing)}");
        }

        Completion.Run(target, cancellation);
        version = target.Replay(options.Changelogs, version);
        system.Cluster = system.RequireCluster() with { MetadataVersion = version };
        UnusedNumbers.Store(target);
        target.Complete();
        return report;
    }

    private static (ulong Version, ulong MetaId) ReadHead(FileParser file)
    {
        var signature = file.Bytes(FileFrame.Signature.Length);
        if (signature.AsSpan().SequenceEqual(FileFrame.NewSignature))
        {
            throw file.Damaged("nothing was stored in the file yet: what its mfsmaster has done, if it was ever started, is in its changelogs alone. Let it store that (mfsmaster -a restore, in the directory of the file) and import the metadata.mfs that it writes");
        }

        if (!signature.AsSpan().SequenceEqual(FileFrame.Signature))
        {
            throw new MetadataFileException("file", 0, $"\"{Encoding.ASCII.GetString(FileFrame.Signature)}\" was expected, \"{Show(signature)}\" was found: this is no metadata.mfs of MooseFS 2.0 or later");
        }

        var (version, metaId) = (file.UInt64(), file.UInt64());
        return metaId == 0 ? throw file.Damaged("the metadata has no identity (metaid 0): start its mfsmaster once") : (version, metaId);
    }

    private static bool ReadSection(FileParser file, ImportTarget target, HashSet<string> read)
    {
        var begin = file.Position;
        var header = file.Bytes(FileFrame.SectionHeaderLength);
        if (header.AsSpan().SequenceEqual(FileFrame.EndMarker))
        {
            return false;
        }

        const int VersionAt = FileFrame.NameLength + 1;
        var name = Show(header.AsSpan(0, FileFrame.NameLength));
        if (AllSections.InOrder.FirstOrDefault(s => s.Name == name) is not { } section || FileFrame.ParseVersion(header.AsSpan(VersionAt, 3)) is not { } version)
        {
            throw new MetadataFileException("file", begin, $"a section was expected, \"{Show(header)}\" was found");
        }

        if (!read.Add(name))
        {
            throw new MetadataFileException(name, begin, "the section comes twice");
        }

        if (!section.CanRead(version))
        {
            throw new MetadataFileException(
                name, begin, $"version {FileFrame.Show(version)} cannot be read; files of 3.0.117 and of 4.56 to 4.59 can. An older file becomes readable when mfsmaster 3.0.117 has loaded and stored it once");
        }

        file.EnterSection(name, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(VersionAt + 3)));
        section.Read(file, version, target);
        file.LeaveSection();
        target.Write();
        return true;
    }

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var b in bytes)
        {
            text.Append(b is >= 0x20 and < 0x7F ? (char)b : '?');
        }

        return text.ToString();
    }
}
