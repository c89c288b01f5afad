using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Patterns;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Administration of name patterns (client-protocol 3.6).</summary>
internal static class PatternHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new StatusHandler<Wire.PatternAddRequest>(
            static (r, in c) => new AddPattern(ToRecord(r.Pattern), r.Pattern.StorageClass.ToName(), c.Anonymous()) { Stamp = c.Stamp() }),

        new StatusHandler<Wire.PatternDeleteRequest>(
            static (r, in c) => new DeletePattern(r.Key.Glob.ToName(), r.Key.Uid, r.Key.Gid, c.Anonymous()) { Stamp = c.Stamp() }),

        new PatternListHandler(),
    ];

    /// <summary>Patterns as lists show them.</summary>
    public static Wire.Pattern[] ToWire(PatternsReply reply) => Array.ConvertAll(reply.Patterns, static p => new Wire.Pattern(
        new Wire.PatternKey(p.Pattern.Glob.Bytes, p.Pattern.Uid, p.Pattern.Gid),
        p.Pattern.Priority,
        (byte)p.Pattern.Applies,
        p.ClassName.Bytes,
        p.Pattern.TrashHours,
        p.Pattern.Sets,
        p.Pattern.Clears));

    private static NamePattern ToRecord(in Wire.Pattern pattern) => new(
        pattern.Key.Glob.ToName(),
        pattern.Key.Uid,
        pattern.Key.Gid,
        pattern.Priority,
        (PatternSettings)pattern.OverrideMask,
        0,
        pattern.TrashHours,
        pattern.SetAttributes,
        pattern.ClearAttributes);
}

/// <summary>PATTERN_LIST.</summary>
internal sealed class PatternListHandler : ServingHandler<Wire.PatternListRequest, bool>
{
    /// <inheritdoc/>
    protected override bool Prepare(Wire.PatternListRequest request, in RequestContext context) => true;

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, bool order)
    {
        var all = Expect.Reply<PatternsReply>(await request.ExecuteAsync(new ListPatterns()).ConfigureAwait(false));
        request.Answer(new Wire.PatternListReply(PatternHandlers.ToWire(all)));
    }
}
