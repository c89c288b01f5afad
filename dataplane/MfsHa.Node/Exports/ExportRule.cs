using System.Collections.Immutable;
using MfsHa.Protocol;

namespace MfsHa.Node.Exports;

/// <summary>What one line of mfsexports.cfg permits (`mfsmaster/exports.c: struct exports`).</summary>
public sealed record ExportRule
{
    /// <summary>uid and gid that restricted root and mapall have where nothing is said.</summary>
    public const uint NobodyId = 999;

    /// <summary>Clients it is for.</summary>
    public AddressRange Addresses { get; init; }

    /// <summary>
    /// The directory, without slashes at both ends; empty for the root and for <see cref="IsMeta"/>. Each character is one byte of the path (Latin-1):
    /// paths have no encoding.
    /// </summary>
    public string Directory { get; init; } = "";

    /// <summary>True for <c>.</c>: permission for meta mounts only.</summary>
    public bool IsMeta { get; init; }

    /// <summary>True when any directory below <see cref="Directory"/> may be mounted, too.</summary>
    public bool AllDirectories { get; init; }

    /// <summary>
    /// Least version of the client, on the wire's scale; <c>minversion=x.y.z</c> becomes x&lt;&lt;16|y&lt;&lt;8|z although clients announce 2*z:
    /// mfsmaster compares it so, and so effectively half of z counts.
    /// </summary>
    public uint MinVersion { get; init; }

    /// <summary>MD5 of the password, 16 bytes; null when none is needed.</summary>
    public ImmutableArray<byte>? PasswordDigest { get; init; }

    /// <summary>Flags of the session.</summary>
    public SessionFlags Flags { get; init; } = SessionFlags.ReadOnly;

    /// <summary>Permission bits that creates lose, 0..0777.</summary>
    public ushort Umask { get; init; }

    /// <summary>Whom root acts as.</summary>
    public uint RootUid { get; init; } = NobodyId;

    /// <summary>Root's group.</summary>
    public uint RootGid { get; init; } = NobodyId;

    /// <summary>True when <c>maproot</c> was given; only then mapall leaves root alone.</summary>
    public bool RootDefined { get; init; }

    /// <summary>Whom everybody acts as, with <see cref="SessionFlags.MapAll"/>.</summary>
    public uint MapAllUid { get; init; } = NobodyId;

    /// <summary>Everybody's group.</summary>
    public uint MapAllGid { get; init; } = NobodyId;

    /// <summary>Bit n: storage classes of export group n may be set; all = 0xFFFF.</summary>
    public ushort StorageClassGroups { get; init; } = ushort.MaxValue;

    /// <summary>Shortest trash retention that may be set, seconds.</summary>
    public uint MinTrashSeconds { get; init; }

    /// <summary>Longest trash retention that may be set, seconds.</summary>
    public uint MaxTrashSeconds { get; init; } = uint.MaxValue;

    /// <summary>Operations that are forbidden.</summary>
    public DisabledOperations Disables { get; init; }

    /// <summary>The path as EXPORTS_INFO (520) shows it, Latin-1.</summary>
    public string ShownPath => IsMeta ? "." : "/" + Directory;
}
