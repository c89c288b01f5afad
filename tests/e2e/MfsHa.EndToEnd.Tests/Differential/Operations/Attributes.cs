using System.Globalization;
using System.IO.Hashing;
using MfsHa.EndToEnd.Tests.Posix;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>chmod(2).</summary>
internal sealed record ChangeMode(Actor As, string Path, uint Mode) : Operation(As)
{
    protected override string Run(View on)
    {
        P.ChangeMode(on.At(Path), Mode);
        return "done";
    }
}

/// <summary>lchown(2).</summary>
internal sealed record ChangeOwner(Actor As, string Path, uint? User, uint? Group) : Operation(As)
{
    protected override string Run(View on)
    {
        P.ChangeOwner(on.At(Path), User, Group);
        return "done";
    }
}

/// <summary>utimensat(2); null is now.</summary>
internal sealed record SetTimes(Actor As, string Path, long? Access, long? Modification) : Operation(As)
{
    public override bool IsOnData => true;

    protected override string Run(View on)
    {
        P.SetTimes(on.At(Path), Access, Modification);
        return "done";
    }
}

/// <summary>lsetxattr(2) with <paramref name="Length"/> bytes of a seed.</summary>
internal sealed record SetAttribute(Actor As, string Path, string Name, int Length, ulong Seed, int Flags) : Operation(As)
{
    protected override string Run(View on)
    {
        P.SetAttribute(on.At(Path), Name, Content.Bytes(Seed, Length), Flags);
        return "done";
    }
}

/// <summary>lgetxattr(2).</summary>
internal sealed record GetAttribute(Actor As, string Path, string Name) : Operation(As)
{
    public static string Describe(byte[] value)
        => string.Create(CultureInfo.InvariantCulture, $"{value.Length} bytes {Crc32.HashToUInt32(value):x8}");

    protected override string Run(View on) => Describe(P.GetAttribute(on.At(Path), Name));
}

/// <summary>llistxattr(2), sorted.</summary>
internal sealed record ListAttributes(Actor As, string Path) : Operation(As)
{
    protected override string Run(View on)
        => string.Join(' ', P.ListAttributes(on.At(Path)).Order(StringComparer.Ordinal));
}

/// <summary>lremovexattr(2).</summary>
internal sealed record RemoveAttribute(Actor As, string Path, string Name) : Operation(As)
{
    protected override string Run(View on)
    {
        P.RemoveAttribute(on.At(Path), Name);
        return "done";
    }
}

/// <summary>Sets an access control list in the kernel's binary form (linux/posix_acl_xattr.h), valid or not.</summary>
internal sealed record SetAcl(Actor As, string Path, bool Default, AclEntries Entries) : Operation(As)
{
    protected override string Run(View on)
    {
        P.SetAttribute(on.At(Path), Default ? "system.posix_acl_default" : "system.posix_acl_access", Entries.ToBytes());
        return "done";
    }
}
