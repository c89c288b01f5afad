namespace MfsHa.Gateway.Exports;

/// <summary>
/// The exports in force at this node (mfsexports.cfg). Implemented by the node, which reads the file; the gateway asks for every new session.
/// Thread-safe; never blocks.
/// </summary>
public interface IExports
{
    /// <summary>Checksum of the exports, equal on all nodes. Sessions granted under another one must register again (client-protocol 2.4).</summary>
    ulong Checksum { get; }

    /// <summary>The rules in the order of the file, as EXPORTS_INFO (520) lists them.</summary>
    IReadOnlyList<ExportListing> Listings { get; }

    /// <summary>
    /// Raised after other exports came into force, with their checksum. The gateway then closes the connections of all sessions that were granted under
    /// another one: they come back and register anew. Handlers do not block.
    /// </summary>
    event Action<ulong>? Changed;

    /// <summary>Decides about a new session (client-protocol 2.3, 5.4; mfsmaster/exports.c: exports_check).</summary>
    ExportMatch Match(in ExportQuery query);
}
