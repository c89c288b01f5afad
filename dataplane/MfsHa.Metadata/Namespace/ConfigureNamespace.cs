using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>Sets the options that decide what commands do. EINVAL when one is out of its range.</summary>
/// <param name="Settings">All options.</param>
[MemoryPackable]
public sealed partial record ConfigureNamespace(Settings Settings) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override bool MayChangeNothing => true;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context) =>
        !Settings.IsValid ? StatusReply.Of(StatusCode.EInval) : state.Settings == Settings ? StatusReply.Ok : null;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (!Settings.IsValid)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        state.Settings = Settings;
        return StatusReply.Ok;
    }
}
