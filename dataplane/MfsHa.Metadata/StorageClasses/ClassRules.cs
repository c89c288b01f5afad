using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.StorageClasses;

/// <summary>Rules of the commands that administer storage classes (mfsmaster/storageclass.c).</summary>
internal static class ClassRules
{
    private const byte FirstPrintable = 32;
    private const byte Space = 32;
    private const byte UnknownArchiveModes = 0xC0;
    private const byte MaxExportGroup = 15;

    /// <summary>Why a session may not administer storage classes; <see cref="StatusCode.Ok"/> if it may.</summary>
    public static StatusCode WhyNotAdministrator(Caller caller) =>
        caller.Has(SessionFlags.Admin) ? StatusCode.Ok : StatusCode.EPermNotAdmin;

    /// <summary>True for 1..255 printable bytes that do not begin or end with a space.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && name[0] != Space && name[^1] != Space && name.IndexOfAnyInRange((byte)0, (byte)(FirstPrintable - 1)) < 0;

    /// <summary>The smallest free id; null when all are taken.</summary>
    public static byte? FreeId(NamespaceState state)
    {
        var taken = state.AllStorageClasses().Select(static c => c.Id).ToHashSet();
        for (var id = 1; id <= StorageClassRecord.MaxId; id++)
        {
            if (!taken.Contains((byte)id))
            {
                return (byte)id;
            }
        }

        return null;
    }

    /// <summary>Why a class cannot be so; <see cref="StatusCode.Ok"/> if it can. New erasure coding is refused: this master keeps copies only.</summary>
    public static StatusCode WhyNot(StorageClassRecord record)
    {
        StorageMode[] modes = [record.Create, record.Keep, record.Archive, record.Trash];
        if (record.Keep.Labels.Length == 0
            || Array.Exists(modes, static m => m.Labels.Length > StorageMode.MaxLabels || !Array.TrueForAll(m.Labels, static l => LabelExpression.IsValid(l)))
            || record.Create.ErasureCoding != 0
            || record.Keep.ErasureCoding != 0)
        {
            return StatusCode.EInval;
        }

        if (record.Archive.ErasureCoding != 0 || record.Trash.ErasureCoding != 0)
        {
            return StatusCode.IncompatVersion;
        }

        var textIsValid = IsName(record.Name.Span) && (record.Description.Length == 0 || (record.Description.Length <= Name.MaxLength && IsName(record.Description)));
        return textIsValid && record.ArchiveMode != 0 && (record.ArchiveMode & UnknownArchiveModes) == 0 && record.ExportGroup <= MaxExportGroup
            ? StatusCode.Ok
            : StatusCode.EInval;
    }
}
