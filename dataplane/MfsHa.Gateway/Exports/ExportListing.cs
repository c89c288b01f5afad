namespace MfsHa.Gateway.Exports;

/// <summary>A rule as EXPORTS_INFO (520) shows it (client-protocol 3.9).</summary>
/// <param name="FromAddress">First IPv4 address that it is for, first octet in the high byte.</param>
/// <param name="ToAddress">Last address.</param>
/// <param name="Path">"/..." or "." for meta sessions, raw bytes.</param>
/// <param name="MinVersion">Least client version as it is compared.</param>
/// <param name="AllDirectories">Any directory below the path may be mounted.</param>
/// <param name="NeedsPassword">A password is needed.</param>
/// <param name="Grant">What it grants.</param>
public sealed record ExportListing(
    uint FromAddress, uint ToAddress, byte[] Path, uint MinVersion, bool AllDirectories, bool NeedsPassword, ExportGrant Grant);
