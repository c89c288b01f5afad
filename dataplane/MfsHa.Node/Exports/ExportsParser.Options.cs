using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using MfsHa.Node.Configuration.Formats;
using MfsHa.Protocol;

namespace MfsHa.Node.Exports;

/// <content>The third column (`mfsmaster/exports.c: exports_parseoptions`).</content>
public sealed partial class ExportsParser
{
    private const uint SecondsPerHour = 3600;

    private static readonly FrozenSet<string> _notForMeta =
        new[] { "ignoregid", "alldirs", "admin", "canchangequota", "disable=", "maproot=", "mapall=" }.ToFrozenSet();

    private static readonly FrozenDictionary<string, DisabledOperations> _operations = new Dictionary<string, DisabledOperations>
    {
        ["chown"] = DisabledOperations.Chown,
        ["chmod"] = DisabledOperations.Chmod,
        ["symlink"] = DisabledOperations.Symlink,
        ["mkfifo"] = DisabledOperations.MakeFifo,
        ["mkdev"] = DisabledOperations.MakeDevice,
        ["mksock"] = DisabledOperations.MakeSocket,
        ["mkdir"] = DisabledOperations.MakeDirectory,
        ["unlink"] = DisabledOperations.Unlink,
        ["rmdir"] = DisabledOperations.RemoveDirectory,
        ["rename"] = DisabledOperations.Rename,
        ["move"] = DisabledOperations.Move,
        ["link"] = DisabledOperations.Link,
        ["create"] = DisabledOperations.Create,
        ["readdir"] = DisabledOperations.ReadDirectory,
        ["read"] = DisabledOperations.Read,
        ["write"] = DisabledOperations.Write,
        ["truncate"] = DisabledOperations.Truncate,
        ["setlength"] = DisabledOperations.SetLength,
        ["appendchunks"] = DisabledOperations.AppendChunks,
        ["snapshot"] = DisabledOperations.Snapshot,
        ["settrash"] = DisabledOperations.SetTrash,
        ["setsclass"] = DisabledOperations.SetStorageClass,
        ["seteattr"] = DisabledOperations.SetExtraAttributes,
        ["setxattr"] = DisabledOperations.SetXattr,
        ["setfacl"] = DisabledOperations.SetAcl,
    }.ToFrozenDictionary();

    // What options of one line say about storage classes together.
    private sealed class GroupChoice
    {
        public int MinGoal { get; set; } = 1;

        public int MaxGoal { get; set; } = 9;

        public bool ByGoal { get; set; }

        public bool ByGroup { get; set; }
    }

    // False when the line is to be dropped; then the issue is recorded.
    private bool TryOptions(string options, ref ExportRule rule)
    {
        var groups = new GroupChoice();
        foreach (string option in options.Split(',').Select(o => o.Trim(' ', '\t')))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? option : option[..(equals + 1)];
            string value = option[(equals + 1)..];
            if (rule.IsMeta && _notForMeta.Contains(name))
            {
                Ignore($"'{option}' has no meaning for '.'");
            }
            else if (Apply(name, value, groups, rule) is { } changed)
            {
                rule = changed;
            }
            else
            {
                Drop($"'{(name is "password=" or "md5pass=" ? name + "..." : option)}' is not understood, or contradicts another option");
                return false;
            }
        }

        if (groups.ByGoal)
        {
            // 4.57+: goals became storage classes; goal n is the class of export group n, and group 0 is everybody's.
            int bits = 1;
            for (int goal = groups.MinGoal; goal <= groups.MaxGoal; goal++)
            {
                bits |= 1 << goal;
            }

            rule = rule with { StorageClassGroups = (ushort)bits };
        }

        return true;
    }

    // The changed rule; the same one for an unknown option; null when the option's value is wrong.
    private ExportRule? Apply(string name, string value, GroupChoice groups, ExportRule rule)
    {
        switch (name)
        {
            case "ro" or "readonly":
                return rule with { Flags = rule.Flags | SessionFlags.ReadOnly };
            case "rw" or "readwrite":
                return rule with { Flags = rule.Flags & ~SessionFlags.ReadOnly };
            case "ignoregid":
                return rule with { Flags = rule.Flags | SessionFlags.IgnoreGid };
            case "alldirs":
                return rule with { AllDirectories = true };
            case "admin" or "canchangequota":
                return rule with { Flags = rule.Flags | SessionFlags.Admin };
            case "dynamicip":
                return rule with { Flags = rule.Flags | SessionFlags.DynamicIp };
            case "disable=":
                return rule with { Disables = rule.Disables | ParseOperations(value) };
            case "maproot=":
                return TryIdentity(value, out uint rootUid, out uint rootGid)
                    ? rule with { RootUid = rootUid, RootGid = rootGid, RootDefined = true } : null;
            case "mapall=":
                return TryIdentity(value, out uint uid, out uint gid)
                    ? rule with { MapAllUid = uid, MapAllGid = gid, Flags = rule.Flags | SessionFlags.MapAll } : null;
            case "password=":
                return rule with { PasswordDigest = DigestOf(value) };
            case "md5pass=":
                return TryDigest(value, out ImmutableArray<byte> digest) ? rule with { PasswordDigest = digest } : null;
            case "minversion=":
                return TryVersion(value, out uint version) ? rule with { MinVersion = version } : null;
            case "umask=":
                return TryUmask(value, out ushort umask) ? rule with { Umask = umask } : null;
            case "mingoal=" or "maxgoal=":
                return TryGoal(name, value, groups) ? rule : null;
            case "sclassgroups=":
                return TryGroups(value, groups, rule);
            case "mintrashtime=" or "mintrashretention=":
                return TryTrashTime(name, value, out uint minimum) && minimum <= rule.MaxTrashSeconds ? rule with { MinTrashSeconds = minimum } : null;
            case "maxtrashtime=" or "maxtrashretention=":
                return TryTrashTime(name, value, out uint maximum) && maximum >= rule.MinTrashSeconds ? rule with { MaxTrashSeconds = maximum } : null;
            default:
                Ignore($"option '{name}{value}' is unknown");
                return rule;
        }
    }

    private DisabledOperations ParseOperations(string value)
    {
        DisabledOperations operations = DisabledOperations.None;
        foreach (string name in value.Split(':').Select(n => n.Trim(' ', '\t')))
        {
            if (_operations.TryGetValue(name, out DisabledOperations operation))
            {
                operations |= operation;
            }
            else
            {
                Ignore($"operation '{name}' is unknown");
            }
        }

        return operations;
    }

    private static bool TryGoal(string name, string value, GroupChoice groups)
    {
        if (groups.ByGroup || value.Length != 1 || value[0] is < '1' or > '9')
        {
            return false;
        }

        groups.ByGoal = true;
        if (name == "mingoal=")
        {
            groups.MinGoal = value[0] - '0';
        }
        else
        {
            groups.MaxGoal = value[0] - '0';
        }

        return groups.MinGoal <= groups.MaxGoal;
    }

    private static ExportRule? TryGroups(string value, GroupChoice groups, ExportRule rule)
    {
        if (groups.ByGoal || !TryGroupBits(value, out ushort bits))
        {
            return null;
        }

        bits |= groups.ByGroup ? rule.StorageClassGroups : (ushort)0;
        groups.ByGroup = true;
        return rule with { StorageClassGroups = bits };
    }

    private static bool TryTrashTime(string name, string value, out uint seconds)
    {
        if (name.EndsWith("time=", StringComparison.Ordinal))
        {
            return Period.TryParseSeconds(value, out seconds);
        }

        // mfsmaster multiplies in 32 bits; more hours than fit there mean "no limit" here instead of some small number.
        bool ok = Period.TryParseHours(value, out uint hours);
        seconds = (uint)Math.Min((ulong)hours * SecondsPerHour, uint.MaxValue);
        return ok;
    }

    private static ImmutableArray<byte> DigestOf(string password)
    {
        byte[] digest = new byte[PasswordChallenge.ResponseLength];
        PasswordChallenge.Digest(Encoding.Latin1.GetBytes(password), digest);
        return [.. digest];
    }
}
