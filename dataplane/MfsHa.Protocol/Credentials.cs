namespace MfsHa.Protocol;

/// <summary>Who asks, as the client says it: before the session's root and mapall mapping.</summary>
/// <param name="Groups">1..4096 group ids, the primary one first.</param>
public readonly record struct Credentials(uint Uid, uint[] Groups)
{
    public uint PrimaryGroup => Groups[0];
}
