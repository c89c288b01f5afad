using MfsHa.Gateway.Clients;
using MfsHa.Gateway.Clients.Handlers;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tools;
using PathsReply = MfsHa.Metadata.Operations.PathsReply;

namespace MfsHa.Gateway.Tools;

internal sealed partial class ToolDesk
{
    /// <summary>Most inodes of one question for paths; mfscli asks for 100.</summary>
    private const int MaxResolved = 1000;

    private const byte NotFulfillable = 0;
    private const byte Fulfillable = 3;
    private const int ClassCountersOldForm = 6;
    private const int ClassCountersKeepForm = 9;
    private const int ClassCountersNewForm = 18;
    private const byte FirstFormWithParts = 2;

    private Task AnswerExports(ClientConnection connection, ToolRequest request)
    {
        var entries = exports.Listings.Select(static l => new ExportEntry(
            l.FromAddress,
            l.ToAddress,
            l.Path,
            l.MinVersion,
            (l.AllDirectories ? ExportFlags.AllDirectories : ExportFlags.None) | (l.NeedsPassword ? ExportFlags.Password : ExportFlags.None),
            l.Grant.Flags,
            l.Grant.Umask,
            l.Grant.RootUid,
            l.Grant.RootGid,
            l.Grant.MapAllUid,
            l.Grant.MapAllGid,
            l.Grant.MinGoal,
            l.Grant.MaxGoal,
            l.Grant.StorageClassGroups,
            l.Grant.MinTrashSeconds,
            l.Grant.MaxTrashSeconds,
            l.Grant.Disables)).ToList();
        connection.Write((request.Mode, entries), static (ref writer, a) => ExportsInfoReply.Write(ref writer, a.Mode ?? 0, a.entries));
        return Task.CompletedTask;
    }

    private async Task AnswerPathsAsync(ClientConnection connection, ReadOnlyMemory<byte> payload)
    {
        var inodes = ParseInodes(payload);
        var resolved = new List<ResolvedPaths>(inodes.Length);
        foreach (var inode in inodes)
        {
            var reply = await AskAsync(connection, new GetPaths(inode, CallerFactory.Nobody)).ConfigureAwait(false);
            var paths = reply is PathsReply found ? Array.ConvertAll(found.Paths, static p => (ReadOnlyMemory<byte>)p) : ["(deleted)"u8.ToArray()];
            resolved.Add(new ResolvedPaths(inode, paths));
        }

        connection.Write(resolved, static (ref writer, r) => MassResolvePathsReply.Write(ref writer, r));
    }

    private async Task AnswerQuotasAsync(ClientConnection connection, ToolRequest request)
    {
        var entries = new List<QuotaEntry>();
        uint after = 0;
        while (await AskAsync(connection, new ListQuotas(after, ListQuotas.MaxPage)).ConfigureAwait(false) is QuotasReply page)
        {
            entries.AddRange(page.Quotas.Select(q => new QuotaEntry(
                q.Inode,
                q.Path,
                q.GraceSeconds,
                (q.Quota.Exceeded ? QuotaState.Exceeded : QuotaState.None) | (request.Mode is not null && q.Quota.GraceSeconds == 0 ? QuotaState.DefaultGrace : QuotaState.None),
                q.Quota.Flags,
                q.SecondsToBlock,
                QuotaHandler.ToLimits(q.Quota.Soft),
                QuotaHandler.ToLimits(q.Quota.Hard),
                QuotaHandler.ToLimits(q.Usage))));
            after = page.LastInode;
            if (after == 0)
            {
                break;
            }
        }

        connection.Write(entries, static (ref writer, e) => QuotaInfoReply.Write(ref writer, e));
    }

    private async Task AnswerStorageClassesAsync(ClientConnection connection, ToolRequest request)
    {
        var format = request.Mode ?? 0;
        if (format is > StorageClassInfoReply.NewestFormat and not StorageClassInfoReply.BriefFormat)
        {
            throw new MalformedPacketException($"SCLASS_INFO in format {format} is not known");
        }

        var picture = await survey.LookAsync().ConfigureAwait(false);
        var labels = locations.Servers.Where(static s => s.IsConnected).Select(static s => s.Info.Labels).ToArray();
        var reply = await AskAsync(connection, new ListStorageClasses()).ConfigureAwait(false);
        var classes = reply is StorageClassesReply all ? all.Classes.Select(c => ToInfo(c, format, picture.OfClass(c.Class.Id), labels)).ToList() : [];
        connection.Write(
            (format, (ushort)labels.Length, classes), static (ref writer, a) => StorageClassInfoReply.Write(ref writer, a.format, a.Item2, a.classes));
    }

    private static StorageClassInfo ToInfo(UsedStorageClass used, byte format, ClassPicture picture, uint[] servers)
    {
        var isOld = format == 0;
        var definition = StorageClassConversion.ToDefinition(used.Class, isOld ? (byte)0 : Protocol.Client.StorageClassDefinition.NewestFormat);
        StorageClassInfoState State(Protocol.Client.StorageClassState state, StorageMode mode)
        {
            var matching = Array.ConvertAll(mode.Labels, label => (ushort)servers.Count(s => LabelExpression.Matches(label, s)));
            return new StorageClassInfoState(servers.Length >= matching.Length && matching.All(static m => m > 0) ? Fulfillable : NotFulfillable, state, matching[..state.Labels.Count]);
        }

        return new StorageClassInfo(
            used.Class.Id,
            used.Class.Name.Bytes,
            used.Class.Description,
            Clip(used.Usage.Files),
            Clip(used.Usage.Directories),
            Counts(picture, format),
            used.Class.Priority,
            used.Class.ExportGroup,
            used.Class.AdminOnly,
            definition.LabelsMode,
            definition.ArchiveMode,
            definition.ArchiveDelay,
            definition.ArchiveMinSize,
            definition.MinTrashHours,
            State(definition.Create, used.Class.CreateMode),
            State(definition.Keep, used.Class.Keep),
            State(definition.Archive, used.Class.Archive.IsDefined ? used.Class.Archive : used.Class.Keep),
            State(definition.Trash, used.Class.Trash),
            picture.Counts.Cast<ulong>().Any(static c => c > 0));
    }

    /// <summary>Chunks under, at and over their goal, in the order of the format; mfsha has neither trash chunks of their own nor parts.</summary>
    private static ulong[] Counts(ClassPicture picture, byte format)
    {
        var perState = format == 0 ? 2 : 3;
        var steps = format < FirstFormWithParts ? 1 : 2;
        var counts = new ulong[format == 0 ? ClassCountersOldForm : format < FirstFormWithParts ? ClassCountersKeepForm : ClassCountersNewForm];
        for (var state = 0; state < 3; state++)
        {
            counts[(state * steps * perState) + 0] = picture.Counts[state, 0];
            counts[(state * steps * perState) + 1] = picture.Counts[state, 1];
        }

        return counts;
    }

    private async Task AnswerMatrixAsync(ClientConnection connection, ReadOnlyMemory<byte> payload)
    {
        var request = ParseMatrix(payload);
        var picture = await survey.LookAsync().ConfigureAwait(false);
        if (request is { MatrixId: { } id, ClassId: null })
        {
            var matrix = (id & 1) == 0 ? picture.All : picture.Regular;
            connection.Write(matrix, static (ref writer, m) => ChunksMatrixReply.Write(ref writer, null, m));
        }
        else
        {
            // Tools of all versions read two matrices; a question for one class gets those of all.
            connection.Write((uint[])[.. picture.All, .. picture.Regular], static (ref writer, m) => ChunksMatrixReply.Write(ref writer, 0, m));
        }
    }

    /// <summary>No loop over all chunks has been made: there is none.</summary>
    private static Task AnswerChunkTest(ClientConnection connection)
    {
        connection.Write(0, static (ref writer, _) => ChunkTestInfoReply.Write(ref writer, stackalloc uint[ChunkTestInfoReply.CommonNumbers]));
        return Task.CompletedTask;
    }

    /// <summary>No loop over all files has been made: there is none.</summary>
    private static Task AnswerFileTest(ClientConnection connection, ToolRequest request)
    {
        var deleted = request.Mode is null ? (uint?)null : 0;
        connection.Write(new FileTestInfo(0, 0, 0, 0, 0, deleted, deleted, 0, 0, 0, default), static (ref writer, info) => info.Write(ref writer));
        return Task.CompletedTask;
    }

    /// <summary>Which files have missing chunks is found by that loop.</summary>
    private static Task AnswerMissingChunks(ClientConnection connection, ToolRequest request)
    {
        connection.Write(request.Mode is not null, static (ref writer, withKind) => MissingChunksReply.Write(ref writer, withKind, []));
        return Task.CompletedTask;
    }

    private static uint[] ParseInodes(ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        var request = MassResolvePathsRequest.Parse(ref reader);
        return request.Inodes.Count <= MaxResolved
            ? Array.ConvertAll(request.Inodes.ToArray(), static i => i.Inode)
            : throw new MalformedPacketException($"at most {MaxResolved} inodes", $"{request.Inodes.Count}", 0);
    }

    private static ChunksMatrixRequest ParseMatrix(ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        return ChunksMatrixRequest.Parse(ref reader);
    }
}
