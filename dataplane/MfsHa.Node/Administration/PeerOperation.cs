namespace MfsHa.Node.Administration;

/// <summary>What one node has another do. A number is never used for something else.</summary>
internal enum PeerOperation : byte
{
    /// <summary>Tell what it measures of itself.</summary>
    Details = 1,

    /// <summary>Answer.</summary>
    Ping = 2,

    /// <summary>Give all leaderships away.</summary>
    ElectLeaders = 3,

    /// <summary>Hand one leader over to where it should be.</summary>
    SpreadOne = 4,

    /// <summary>Read the configuration again.</summary>
    Reload = 5,

    /// <summary>Tell the configuration in force.</summary>
    Configuration = 6,

    /// <summary>Drop caches.</summary>
    CleanCaches = 7,

    /// <summary>Tell how far it has got with the CRDT state.</summary>
    CrdtPosition = 8,

    /// <summary>Ask all others for CRDT state that it lacks.</summary>
    PullCrdt = 9,

    /// <summary>Count its copies of streams of CRDT state on, and tell what they amount to.</summary>
    ScanCrdt = 10,

    /// <summary>Tell its copies of a stream, or one of them.</summary>
    ReadCopies = 11,
}
