using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.StorageClasses;

/// <summary>SCLASS_CREATE (client-protocol 3.6). EPERM_NOTADMIN, EINVAL, CLASSEXISTS, CLASSLIMITREACH, INCOMPATVERSION (erasure coding).</summary>
/// <param name="Class">The class; its id is chosen here: the smallest free one.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record CreateStorageClass(StorageClassRecord Class, Caller Caller) : EverywhereCommand
{
    /// <inheritdoc/>
    public override Reply ExecuteHere(NamespaceState state, in OperationContext context)
    {
        var status = ClassRules.WhyNotAdministrator(Caller);
        if (status == StatusCode.Ok && state.FindStorageClass(Class.Name) is not null)
        {
            status = StatusCode.ClassExists;
        }

        if (status == StatusCode.Ok)
        {
            status = ClassRules.WhyNot(Class);
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (ClassRules.FreeId(state) is not { } id)
        {
            return StatusReply.Of(StatusCode.ClassLimitReach);
        }

        state.StoreClasses();
        state.StorageClasses.Add(id, Class with { Id = id });
        return StatusReply.Ok;
    }
}

/// <summary>SCLASS_DUPLICATE. EPERM_NOTADMIN, EINVAL, NOSUCHCLASS, CLASSEXISTS, CLASSLIMITREACH.</summary>
[MemoryPackable]
public sealed partial record DuplicateStorageClass(Name OldName, Name NewName, Caller Caller) : EverywhereCommand
{
    /// <inheritdoc/>
    public override Reply ExecuteHere(NamespaceState state, in OperationContext context)
    {
        var status = RenameStorageClass.WhyNot(state, Caller, OldName, NewName, out var found);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (ClassRules.FreeId(state) is not { } id)
        {
            return StatusReply.Of(StatusCode.ClassLimitReach);
        }

        state.StoreClasses();
        state.StorageClasses.Add(id, found! with { Id = id, Name = NewName });
        return StatusReply.Ok;
    }
}

/// <summary>SCLASS_RENAME. EPERM_NOTADMIN, EINVAL, NOSUCHCLASS, EPERM (a goal's class), CLASSEXISTS.</summary>
[MemoryPackable]
public sealed partial record RenameStorageClass(Name OldName, Name NewName, Caller Caller) : EverywhereCommand
{
    /// <inheritdoc/>
    public override Reply ExecuteHere(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, Caller, OldName, NewName, out var found);
        if (found is { IsGoal: true } && status is StatusCode.Ok or StatusCode.ClassExists)
        {
            status = StatusCode.EPerm;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        state.StoreClasses();
        state.StorageClasses.Set(found!.Id, found with { Name = NewName });
        return StatusReply.Ok;
    }

    internal static StatusCode WhyNot(NamespaceState state, Caller caller, Name oldName, Name newName, out StorageClassRecord? found)
    {
        found = null;
        var status = ClassRules.WhyNotAdministrator(caller);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!ClassRules.IsName(oldName.Span) || !ClassRules.IsName(newName.Span))
        {
            return StatusCode.EInval;
        }

        found = state.FindStorageClass(oldName);
        return found is null ? StatusCode.NoSuchClass : state.FindStorageClass(newName) is null ? StatusCode.Ok : StatusCode.ClassExists;
    }
}

/// <summary>SCLASS_DELETE. EPERM_NOTADMIN, EINVAL, NOSUCHCLASS, EPERM (a goal's class), CLASSINUSE. Name patterns that give it go with it.</summary>
[MemoryPackable]
public sealed partial record DeleteStorageClass(Name Name, Caller Caller) : EverywhereCommand
{
    /// <inheritdoc/>
    public override bool ExcludesNewObjects => true;

    /// <inheritdoc/>
    public override Reply ExecuteHere(NamespaceState state, in OperationContext context)
    {
        var found = state.FindStorageClass(Name);
        var status = ClassRules.WhyNotAdministrator(Caller);
        if (status == StatusCode.Ok)
        {
            status = !ClassRules.IsName(Name.Span) ? StatusCode.EInval
                : found is null ? StatusCode.NoSuchClass
                : found.IsGoal ? StatusCode.EPerm
                : (state.ClassUsages.Get(found.Id) ?? ClassUsage.None) == ClassUsage.None ? StatusCode.Ok
                : StatusCode.ClassInUse;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        state.StoreClasses();
        state.StorageClasses.Remove(found!.Id);
        state.KeepPatterns(p => p.StorageClass != found.Id);
        return StatusReply.Ok;
    }
}
