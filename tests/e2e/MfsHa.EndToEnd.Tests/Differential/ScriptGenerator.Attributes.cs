using MfsHa.EndToEnd.Tests.Differential.Operations;

namespace MfsHa.EndToEnd.Tests.Differential;

// Steps that change or ask what is known about a file.
internal sealed partial class ScriptGenerator
{
    private ChangeMode ChangeMode()
    {
        var path = AnyPath();
        return new ChangeMode(SomeActor(), path, names.KindOf(path) is NameKind.Directory ? SomeDirectoryMode() : SomeMode());
    }

    private ChangeOwner ChangeOwner() => new(
        SomeActor(), AnyPath(),
        OneOf<uint?>(null, 0, Actors.Alice, Actors.Bob, Actors.Carol),
        OneOf<uint?>(null, 0, Actors.Alice, Actors.Staff));

    private SetTimes SetTimes() => new(SomeActor(), AnyPath(), SomeTime(), SomeTime());

    private SetAttribute SetAttribute() => new(
        SomeActor(), AnyPath(), SomeAttribute(), OneOf(0, 1, 100, 3000, 65_536, 65_537), (ulong)random.Next(), OneOf(0, 0, 0, 1, 2));

    private GetAttribute GetAttribute() => new(SomeActor(), AnyPath(), SomeAttribute());

    private ListAttributes ListAttributes() => new(SomeActor(), AnyPath());

    private RemoveAttribute RemoveAttribute() => new(
        SomeActor(), AnyPath(), Chance(70) ? SomeAttribute() : OneOf("system.posix_acl_access", "system.posix_acl_default"));

    private SetAcl SetAcl()
    {
        var permissions = () => (ushort)random.Next(8);
        var entries = OneOf(
            new AclEntries(('U', uint.MaxValue, permissions()), ('G', uint.MaxValue, permissions()), ('o', uint.MaxValue, permissions())),
            new AclEntries(
                ('U', uint.MaxValue, permissions()), ('u', Actors.Alice, permissions()), ('G', uint.MaxValue, permissions()),
                ('m', uint.MaxValue, permissions()), ('o', uint.MaxValue, permissions())),
            new AclEntries(
                ('U', uint.MaxValue, 7), ('u', Actors.Alice, permissions()), ('u', Actors.Bob, permissions()), ('G', uint.MaxValue, permissions()),
                ('g', Actors.Staff, permissions()), ('m', uint.MaxValue, 7), ('o', uint.MaxValue, permissions())),
            // Not valid: named entries need a mask.
            new AclEntries(('U', uint.MaxValue, 7), ('u', Actors.Bob, 7), ('G', uint.MaxValue, 7), ('o', uint.MaxValue, 7)),
            new AclEntries());
        var onDirectory = Chance(50);
        return new SetAcl(SomeActor(), onDirectory ? DirectoryPath() : AnyPath(), Chance(onDirectory ? 60 : 10), entries);
    }

    private Stat Stat() => new(SomeActor(), AnyPath());

    private List List() => new(SomeActor(), Chance(85) ? DirectoryPath() : AnyPath());

    private ReadLink ReadLink() => new(SomeActor(), Pick(names.Of(NameKind.Symlink)) ?? AnyPath());

    private Access Access() => new(SomeActor(), AnyPath(), random.Next(8));
}
