using MfsHa.EndToEnd.Tests.Differential.Operations;

namespace MfsHa.EndToEnd.Tests.Differential;

// Steps that need MooseFS's own tools, or many calls.
internal sealed partial class ScriptGenerator
{
    private Tool Tool() => new(
        OneOf(
            $"mfssetgoal{SomeRecursion()} {OneOf("1", "2", "3")}{OneOf("", "", "+", "-")}",
            $"mfsgetgoal{SomeRecursion()}",
            $"mfssettrashtime{SomeRecursion()} {OneOf("0", "3600", "86400")}{OneOf("", "", "+", "-")}",
            $"mfsgettrashtime{SomeRecursion()}",
            $"mfsseteattr{SomeRecursion()} -f {OneOf("noowner", "noattrcache", "noentrycache")}",
            $"mfsdeleattr{SomeRecursion()} -f {OneOf("noowner", "noattrcache", "noentrycache")}",
            $"mfsgeteattr{SomeRecursion()}",
            "mfsdirinfo"),
        AnyPath());

    private Snapshot Snapshot() => new(NotRoot(AnyPath()), NotRoot(NewPath()), Chance(30));

    private ManyEntries ManyEntries() => new(Actor.Root, DirectoryPath(), OneOf(100, 300));

    private string SomeRecursion() => Chance(30) ? " -r" : "";
}
