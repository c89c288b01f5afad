using System.Collections.Immutable;
using System.Globalization;

namespace MfsHa.Node.Exports;

/// <content>Values of options.</content>
public sealed partial class ExportsParser
{
    private const int StorageClassGroupCount = 16;
    private const int VersionParts = 3;
    private const int UmaskDigits = 4;

    // uid[:gid], numbers or names of this machine. A uid alone takes the user's own group, so the user must exist.
    private bool TryIdentity(string text, out uint uid, out uint gid)
    {
        uid = 0;
        gid = 0;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string user = colon < 0 ? text : text[..colon];
        if (colon >= 0)
        {
            string group = text[(colon + 1)..];
            if (!TryNumber(group, out gid))
            {
                if (_users.FindGroup(group) is not { } found)
                {
                    return false;
                }

                gid = found;
            }
        }

        if (!TryNumber(user, out uid))
        {
            if (_users.FindUser(user) is not { } found)
            {
                return false;
            }

            uid = found.Uid;
            gid = colon < 0 ? found.Gid : gid;
            return true;
        }

        if (colon < 0)
        {
            if (_users.FindPrimaryGroup(uid) is not { } own)
            {
                return false;
            }

            gid = own;
        }

        return true;
    }

    // Digits only, none meaning 0. mfsmaster lets numbers above 2^32-1 wrap round; here they are not numbers, so that no large uid becomes root.
    private static bool TryNumber(string text, out uint number)
    {
        number = 0;
        return text.Length == 0 || uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryDigest(string text, out ImmutableArray<byte> digest)
    {
        bool ok = text.Length == 2 * PasswordChallenge.ResponseLength && text.All(char.IsAsciiHexDigit);
        digest = ok ? [.. Convert.FromHexString(text)] : [];
        return ok;
    }

    // x, x.y or x.y.z, each up to 255.
    private static bool TryVersion(string text, out uint version)
    {
        version = 0;
        string[] parts = text.Split('.');
        for (int i = 0; i < VersionParts; i++)
        {
            uint part = 0;
            if (i < parts.Length && (!uint.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out part) || part > byte.MaxValue))
            {
                return false;
            }

            version = (version << 8) | part;
        }

        return parts.Length <= VersionParts;
    }

    // 0 and three octal digits; what follows is not looked at.
    private static bool TryUmask(string text, out ushort umask)
    {
        umask = 0;
        if (text.Length < UmaskDigits || text[0] != '0' || text.AsSpan(1, UmaskDigits - 1).ContainsAnyExceptInRange('0', '7'))
        {
            return false;
        }

        umask = Convert.ToUInt16(text[1..UmaskDigits], 8);
        return true;
    }

    // "-" for none, or n[:n...], each 0..15.
    private static bool TryGroupBits(string text, out ushort bits)
    {
        bits = 0;
        if (text == "-")
        {
            return true;
        }

        foreach (string part in text.Split(':'))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int group) || group >= StorageClassGroupCount)
            {
                return false;
            }

            bits |= (ushort)(1 << group);
        }

        return true;
    }
}
