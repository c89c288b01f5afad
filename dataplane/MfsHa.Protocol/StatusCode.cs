namespace MfsHa.Protocol;

/// <summary>
/// MooseFS's error numbers, unrelated to the operating system's (`mfscommon/MFSCommunication.h: MFS_ERROR_*`).
/// 3.x clients know them up to <see cref="ClassInUse"/>, 4.x clients all.
/// </summary>
public enum StatusCode : byte
{
    Ok = 0,
    EPerm = 1,
    ENotDir = 2,
    ENoEnt = 3,
    EAcces = 4,
    EExist = 5,
    EInval = 6,
    ENotEmpty = 7,
    ChunkLost = 8,
    OutOfMemory = 9,
    IndexTooBig = 10,
    Locked = 11,
    NoChunkServers = 12,
    NoChunk = 13,
    ChunkBusy = 14,
    Register = 15,
    NotDone = 16,
    NotOpened = 17,
    NotStarted = 18,
    WrongVersion = 19,
    ChunkExist = 20,
    NoSpace = 21,
    Io = 22,
    BlockNumberTooBig = 23,
    WrongSize = 24,
    WrongOffset = 25,
    CantConnect = 26,
    WrongChunkId = 27,
    Disconnected = 28,
    Crc = 29,

    /// <summary>Internal to stock masters.</summary>
    Delayed = 30,
    CantCreatePath = 31,
    Mismatch = 32,
    ERofs = 33,
    Quota = 34,
    BadSessionId = 35,
    NoPassword = 36,
    BadPassword = 37,
    ENoAttr = 38,
    ENotSup = 39,
    ERange = 40,
    NotFound = 41,
    Active = 42,
    CsNotPresent = 43,

    /// <summary>Internal to stock masters.</summary>
    Waiting = 44,
    EAgain = 45,
    EIntr = 46,
    ECanceled = 47,

    /// <summary>ENOENT that the client must not remember. Only LOOKUP may answer it.</summary>
    ENoEntNoCache = 48,
    EPermNotAdmin = 49,
    ClassExists = 50,
    ClassLimitReach = 51,
    NoSuchClass = 52,
    ClassInUse = 53,
    IncompatVersion = 54,
    PatternExists = 55,
    PatternLimitReached = 56,
    NoSuchPattern = 57,
    ENameTooLong = 58,
    EMLink = 59,
    ETimedOut = 60,
    EBadF = 61,
    EFBig = 62,
    EIsDir = 63,
}
