using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>Puts new exports into force on all nodes. <see cref="StatusCode.EInval"/> if the text is longer than <see cref="ExportsRecord.MaxLength"/>.</summary>
[MemoryPackable]
public sealed partial record SetExports(ExportsRecord Exports) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (Exports.Text.Length > ExportsRecord.MaxLength)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        state.Exports = Exports;
        return SystemStatus.Ok;
    }
}

/// <summary>The exports in force.</summary>
[MemoryPackable]
public sealed partial record GetExports : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) => new ExportsReply(state.Exports);
}

/// <summary>
/// Sets an option of the dynamic configuration, or removes it (null). <see cref="StatusCode.EInval"/> for an empty name or a value that is too long,
/// <see cref="StatusCode.NoSpace"/> when there are <see cref="MaxOptions"/> already.
/// </summary>
[MemoryPackable]
public sealed partial record SetOption(Name Name, byte[]? Value) : SystemCommand
{
    /// <summary>Most options.</summary>
    public const int MaxOptions = 1000;

    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (Name.Length == 0 || Value?.Length > Option.MaxLength)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        var known = state.Options.Contains((0, Name));
        if (Value is null)
        {
            if (known)
            {
                state.Options.Remove((0, Name));
            }

            return SystemStatus.Ok;
        }

        if (!known && state.Options.All().Count() >= MaxOptions)
        {
            return new SystemStatus(StatusCode.NoSpace);
        }

        state.Options.Set((0, Name), new Option(Name, Value));
        return SystemStatus.Ok;
    }
}

/// <summary>All options of the dynamic configuration.</summary>
[MemoryPackable]
public sealed partial record ListOptions : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) => new OptionsReply(SystemState.Values(state.Options.All()));
}
