namespace MfsHa.Protocol.Tests.Support;

/// <summary>Versions that matter to packet shapes.</summary>
internal static class Versions
{
    public static readonly PeerVersion V30117 = new(3, 0, 117);
    public static readonly PeerVersion V4566 = new(4, 56, 6);
    public static readonly PeerVersion V4576 = new(4, 57, 6);
    public static readonly PeerVersion V4592 = new(4, 59, 2);

    /// <summary>Before attributes, flags and the rest grew: the oldest shapes.</summary>
    public static readonly PeerVersion V3074 = new(3, 0, 74);

    public static readonly PeerVersion[] All = [V3074, V30117, V4566, V4576, V4592];
}
