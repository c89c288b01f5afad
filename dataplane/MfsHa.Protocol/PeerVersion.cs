using System.Globalization;

namespace MfsHa.Protocol;

/// <summary>
/// Version of a peer as it stands on the wire: `major:u16 middle:u8 minor:u8`. From 2.x on the last byte is twice the
/// minor number, odd for PRO builds (`configure.ac: VERSION2INT`). The properties name what packet shapes depend on.
/// </summary>
/// <param name="Wire">The 32 bits sent and received.</param>
public readonly record struct PeerVersion(uint Wire) : IComparable<PeerVersion>
{
    public PeerVersion(ushort major, byte middle, byte minor)
        : this(((uint)major << 16) | ((uint)middle << 8) | (byte)(major >= 2 ? minor * 2 : minor))
    {
    }

    public ushort Major => (ushort)(Wire >> 16);

    public byte Middle => (byte)(Wire >> 8);

    public byte Minor => (byte)(Major >= 2 ? (byte)Wire >> 1 : (byte)Wire);

    public bool IsPro => Major >= 2 && (Wire & 1) != 0;

    /// <summary>Attribute records have 36 bytes (else 35), SETATTR carries Windows attributes.</summary>
    public bool HasWindowsAttributes => IsAtLeast(3, 0, 93) && !(IsAtLeast(4, 0, 0) && !IsAtLeast(4, 0, 2));

    /// <summary>STATFS reply has the free space field.</summary>
    public bool StatFsHasFreeSpace => IsAtLeastIn3Or4(3, 0, 102, 4, 9, 0);

    /// <summary>UNLINK and RMDIR success replies carry the inode.</summary>
    public bool UnlinkReturnsInode => IsAtLeastIn3Or4(3, 0, 107, 4, 18, 0);

    /// <summary>The register reply carries the mask of disabled operations.</summary>
    public bool HasDisables => IsAtLeastIn3Or4(3, 0, 112, 4, 21, 0);

    /// <summary>OPEN and CREATE replies have flags, TRUNCATE has the previous length, append-only files are usable, all eattr bits visible.</summary>
    public bool KnowsFlags => IsAtLeastIn3Or4(3, 0, 113, 4, 22, 0);

    /// <summary>RECONNECT reply is prefixed with the server's version.</summary>
    public bool ReconnectCarriesVersion => IsAtLeastIn3Or4(3, 0, 95, 4, 0, 7);

    /// <summary>May be sent INVALIDATE_CHUNK_CACHE.</summary>
    public bool TakesInvalidateChunkCache => IsAtLeastIn3Or4(3, 0, 100, 4, 3, 0);

    /// <summary>Pushes about changed chunks and lengths are understood; times of writes come by AMTIME.</summary>
    public bool TakesChangePushes => IsAtLeast(3, 0, 74);

    /// <summary>GETSCLASS and SETSCLASS use class names.</summary>
    public bool KnowsStorageClassNames => IsAtLeast(3, 0, 75);

    /// <summary>GETSCLASS tells the predefined classes by their number, the old goal; from 4.0.0 on they have names like all.</summary>
    public bool ShowsGoals => !IsAtLeast(4, 0, 0);

    /// <summary>Reads chunks in 8 data parts; NODE_INFO type 3.</summary>
    public bool ReadsEc8 => IsAtLeast(4, 0, 0);

    /// <summary>Reads chunks in 4 data parts.</summary>
    public bool ReadsEc4 => IsAtLeast(4, 26, 0);

    /// <summary>May be sent FORCE_TIMEOUT.</summary>
    public bool TakesForceTimeout => IsAtLeast(4, 12, 0);

    /// <summary>As a server: RENAME carries the mode byte.</summary>
    public bool RenameHasMode => IsAtLeast(4, 18, 0);

    /// <summary>Register replies carry the master's process id.</summary>
    public bool HasMasterProcessId => IsAtLeast(4, 40, 0);

    /// <summary>CHUNK_HAS_CHANGED carries offset and size.</summary>
    public bool ChunkChangedHasRange => IsAtLeast(4, 40, 0);

    /// <summary>As a server: WRITE_CHUNK_END carries offset and size.</summary>
    public bool WriteEndHasRange => IsAtLeast(4, 40, 0);

    /// <summary>Offset and size in WRITE_CHUNK_END are right; older senders fill them wrongly.</summary>
    public bool WriteEndRangeIsTrustworthy => IsAtLeast(4, 48, 0);

    /// <summary>QUOTACONTROL reply has the default-grace-period byte.</summary>
    public bool QuotaHasDefaultGrace => IsAtLeast(4, 51, 0);

    /// <summary>Register replies have a mask of storage class groups in place of least and greatest goal.</summary>
    public bool SclassGroups => IsAtLeast(4, 57, 0);

    /// <summary>READDIR is asked for in pages.</summary>
    public bool PagesReadDirectory => IsAtLeast(4, 58, 0);

    public static bool operator <(PeerVersion left, PeerVersion right) => left.Wire < right.Wire;

    public static bool operator <=(PeerVersion left, PeerVersion right) => left.Wire <= right.Wire;

    public static bool operator >(PeerVersion left, PeerVersion right) => left.Wire > right.Wire;

    public static bool operator >=(PeerVersion left, PeerVersion right) => left.Wire >= right.Wire;

    public bool IsAtLeast(ushort major, byte middle, byte minor) => Wire >= new PeerVersion(major, middle, minor).Wire;

    public int CompareTo(PeerVersion other) => Wire.CompareTo(other.Wire);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Major}.{Middle}.{Minor}{(IsPro ? " PRO" : string.Empty)}");

    /// <summary>A feature that came to both lines: since one release of 3.x and since another of 4.x.</summary>
    private bool IsAtLeastIn3Or4(
        ushort major3, byte middle3, byte minor3, ushort major4, byte middle4, byte minor4) =>
        IsAtLeast(major4, middle4, minor4) || (Major < major4 && IsAtLeast(major3, middle3, minor3));
}
