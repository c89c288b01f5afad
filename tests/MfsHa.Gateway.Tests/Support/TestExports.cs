using MfsHa.Gateway.Exports;
using MfsHa.Protocol;

namespace MfsHa.Gateway.Tests.Support;

/// <summary>Exports that a test decides about; everything to everybody by default.</summary>
internal sealed class TestExports : IExports
{
    public static readonly ExportGrant Everything = new() { Flags = SessionFlags.Admin };

    public event Action<ulong>? Changed;

    public ulong Checksum { get; set; }

    public IReadOnlyList<ExportListing> Listings { get; } = [new(0x0A000000, 0x0AFFFFFF, "/some"u8.ToArray(), 0, true, false, Everything)];

    /// <summary>Decides instead of the default, if set.</summary>
    public Func<ExportQuery, ExportMatch>? Decide { get; set; }

    public ExportMatch Match(in ExportQuery query) => Decide?.Invoke(query) ?? new ExportMatch(StatusCode.Ok, Everything, Checksum);

    public void Change(ulong checksum)
    {
        Checksum = checksum;
        Changed?.Invoke(checksum);
    }
}
