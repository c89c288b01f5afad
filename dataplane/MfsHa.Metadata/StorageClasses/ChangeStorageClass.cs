using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.StorageClasses;

/// <summary>Which fields SCLASS_CHANGE changes (`SCLASS_CHG_*`).</summary>
[Flags]
public enum ClassChanges : ushort
{
    /// <summary>Only read.</summary>
    None = 0,

    /// <summary>Who may set it.</summary>
    AdminOnly = 0x0001,

    /// <summary>How strictly labels bind.</summary>
    LabelsMode = 0x0002,

    /// <summary>Mode of new chunks.</summary>
    Create = 0x0004,

    /// <summary>Mode of ordinary chunks.</summary>
    Keep = 0x0008,

    /// <summary>Mode of archived chunks.</summary>
    Archive = 0x0010,

    /// <summary>Hours until files are archived.</summary>
    ArchiveDelay = 0x0020,

    /// <summary>Mode of chunks in the trash.</summary>
    Trash = 0x0040,

    /// <summary>Shortest retention.</summary>
    MinTrash = 0x0080,

    /// <summary>What starts archiving.</summary>
    ArchiveMode = 0x0100,

    /// <summary>Shortest file that is archived.</summary>
    ArchiveMinSize = 0x0200,

    /// <summary>Priority.</summary>
    Priority = 0x0400,

    /// <summary>Description.</summary>
    Description = 0x0800,

    /// <summary>Export group.</summary>
    ExportGroup = 0x1000,

    /// <summary>Also for the classes that stand for goals.</summary>
    Force = 0x8000,
}

/// <summary>
/// SCLASS_CHANGE (client-protocol 3.6; mfsmaster/storageclass.c: sclass_change_entry). Answers with the class; without changes it is <see cref="FindStorageClass"/>.
/// EPERM_NOTADMIN, EINVAL, NOSUCHCLASS, EPERM (a goal's class without force), INCOMPATVERSION (erasure coding).
/// </summary>
/// <param name="Changes">Fields to change.</param>
/// <param name="Class">Name of the class and its new fields.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record ChangeStorageClass(ClassChanges Changes, StorageClassRecord Class, Caller Caller) : EverywhereCommand
{
    /// <inheritdoc/>
    public override Reply ExecuteHere(NamespaceState state, in OperationContext context)
    {
        var found = state.FindStorageClass(Class.Name);
        var status = Changes == ClassChanges.None ? StatusCode.Ok : ClassRules.WhyNotAdministrator(Caller);
        if (status == StatusCode.Ok && found is null)
        {
            status = ClassRules.IsName(Class.Name.Span) ? StatusCode.NoSuchClass : StatusCode.EInval;
        }

        if (status == StatusCode.Ok && Changes != ClassChanges.None)
        {
            status = found!.IsGoal && !Has(ClassChanges.Force) ? StatusCode.EPerm : StatusCode.Ok;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var changed = Apply(found!);
        status = changed == found ? StatusCode.Ok : ClassRules.WhyNot(changed);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (Changes != ClassChanges.None)
        {
            state.StoreClasses();
            state.StorageClasses.Set(changed.Id, changed);
        }

        return new StorageClassesReply([new UsedStorageClass(changed, state.ClassUsages.Get(changed.Id) ?? ClassUsage.None)]);
    }

    private bool Has(ClassChanges change) => (Changes & change) != 0;

    private T Chosen<T>(ClassChanges change, T given, T known) => Has(change) ? given : known;

    private StorageClassRecord Apply(StorageClassRecord known) => known with
    {
        AdminOnly = Chosen(ClassChanges.AdminOnly, Class.AdminOnly, known.AdminOnly),
        LabelsMode = Chosen(ClassChanges.LabelsMode, Class.LabelsMode, known.LabelsMode),
        Create = Chosen(ClassChanges.Create, Class.Create, known.Create),
        Keep = Chosen(ClassChanges.Keep, Class.Keep, known.Keep),
        Archive = Chosen(ClassChanges.Archive, Class.Archive, known.Archive),
        Trash = Chosen(ClassChanges.Trash, Class.Trash, known.Trash),
        ArchiveDelayHours = Chosen(ClassChanges.ArchiveDelay, Class.ArchiveDelayHours, known.ArchiveDelayHours),
        MinTrashHours = Chosen(ClassChanges.MinTrash, Class.MinTrashHours, known.MinTrashHours),
        ArchiveMode = Chosen(ClassChanges.ArchiveMode, Class.ArchiveMode, known.ArchiveMode),
        ArchiveMinSize = Chosen(ClassChanges.ArchiveMinSize, Class.ArchiveMinSize, known.ArchiveMinSize),
        Priority = Chosen(ClassChanges.Priority, Class.Priority, known.Priority),
        Description = Chosen(ClassChanges.Description, Class.Description, known.Description),
        ExportGroup = Chosen(ClassChanges.ExportGroup, Class.ExportGroup, known.ExportGroup),
    };
}
