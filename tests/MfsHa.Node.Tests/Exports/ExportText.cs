using System.Text;
using MfsHa.Node.Exports;

namespace MfsHa.Node.Tests.Exports;

internal static class ExportText
{
    public static ExportTable Parse(string text) => ExportsParser.Parse(Encoding.Latin1.GetBytes(text), FixedUsers.Instance);

    public static ExportRule ParseOne(string line) => Assert.Single(Parse(line).Rules);

    /// <summary>A rule as the recorder of Recorded/*.expected writes an entry of EXPORTS_INFO (520).</summary>
    public static string Show(ExportRule rule)
    {
        int extra = (rule.AllDirectories ? 1 : 0) + (rule.PasswordDigest is null ? 0 : 2);
        return $"from={Address(rule.Addresses.From)} to={Address(rule.Addresses.To)} path={rule.ShownPath} minver={rule.MinVersion:x6} extra={extra}"
            + $" ses={(byte)rule.Flags:x2} umask={Convert.ToString(rule.Umask, 8).PadLeft(3, '0')} root=({rule.RootUid},{rule.RootGid})"
            + $" all=({rule.MapAllUid},{rule.MapAllGid}) trash=({rule.MinTrashSeconds},{rule.MaxTrashSeconds}) dis={(uint)rule.Disables:x7}";
    }

    private static string Address(uint a) => $"{a >> 24}.{(a >> 16) & 255}.{(a >> 8) & 255}.{a & 255}";
}
