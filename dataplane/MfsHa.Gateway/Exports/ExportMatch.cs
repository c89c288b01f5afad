using MfsHa.Protocol;

namespace MfsHa.Gateway.Exports;

/// <summary>Whether a session may be opened.</summary>
/// <param name="Status">OK, EACCES, NOPASSWORD or BADPASSWORD.</param>
/// <param name="Grant">What the session may do; null unless OK.</param>
/// <param name="Checksum">Checksum of the exports that decided.</param>
public readonly record struct ExportMatch(StatusCode Status, ExportGrant? Grant, ulong Checksum);

/// <summary>What a line of mfsexports.cfg grants to a session (client-protocol 5.4).</summary>
public sealed record ExportGrant
{
    /// <summary>Rights; without the bits that are internal to stock masters.</summary>
    public required SessionFlags Flags { get; init; }

    /// <summary>Permission bits that every creation loses, 0..0777.</summary>
    public ushort Umask { get; init; }

    /// <summary>Whom uid 0 acts as.</summary>
    public uint RootUid { get; init; }

    /// <summary>Group of uid 0.</summary>
    public uint RootGid { get; init; }

    /// <summary>Whom everybody else acts as, with <see cref="SessionFlags.MapAll"/>.</summary>
    public uint MapAllUid { get; init; }

    /// <summary>Everybody's primary group, with <see cref="SessionFlags.MapAll"/>.</summary>
    public uint MapAllGid { get; init; }

    /// <summary>Bit n: storage classes of export group n may be set; all = 0xFFFF.</summary>
    public ushort StorageClassGroups { get; init; } = ushort.MaxValue;

    /// <summary>Smallest goal told to clients that know goals, 1..9.</summary>
    public byte MinGoal { get; init; } = 1;

    /// <summary>Largest goal, 1..9.</summary>
    public byte MaxGoal { get; init; } = 9;

    /// <summary>Shortest trash retention that may be set, seconds.</summary>
    public uint MinTrashSeconds { get; init; }

    /// <summary>Longest trash retention that may be set, seconds.</summary>
    public uint MaxTrashSeconds { get; init; } = uint.MaxValue;

    /// <summary>Forbidden operations.</summary>
    public DisabledOperations Disables { get; init; }
}
