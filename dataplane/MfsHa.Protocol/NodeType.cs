namespace MfsHa.Protocol;

/// <summary>Kind of a file-system object (`mfscommon/MFSCommunication.h: TYPE_*`).</summary>
public enum NodeType : byte
{
    None = 0,
    File = 1,
    Directory = 2,
    Symlink = 3,
    Fifo = 4,
    BlockDevice = 5,
    CharDevice = 6,
    Socket = 7,

    /// <summary>A deleted file that can still be recovered. Clients see it as <see cref="File"/>.</summary>
    Trash = 8,

    /// <summary>A deleted file that is still open. Clients see it as <see cref="File"/>.</summary>
    Sustained = 9,
}
