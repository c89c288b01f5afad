using MfsHa.Node.Configuration.Formats;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>The ports that speak MooseFS's protocols; names and defaults are mfsmaster's.</summary>
public static class ListenerKeys
{
    private static readonly ValueFormat<TimeSpan> _timeout = TimeFormats.Seconds(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(65535));

    /// <summary><c>MATOCL_LISTEN_HOST</c>.</summary>
    public static readonly ConfigurationKey<string> ClientHost = Key(
        "MATOCL_LISTEN_HOST", AddressFormats.ListenHost, "*", ReloadClass.Restart, "Address to listen on for clients (mfsmount, mfscli, mfsgui, tools); * means any.");

    /// <summary><c>MATOCL_LISTEN_PORT</c>.</summary>
    public static readonly ConfigurationKey<int> ClientPort = Key(
        "MATOCL_LISTEN_PORT", NumberFormats.Port, "9421", ReloadClass.Restart, "Port to listen on for clients.");

    /// <summary><c>MATOCL_TIMEOUT</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> ClientTimeout = Key(
        "MATOCL_TIMEOUT", _timeout, "10", ReloadClass.Reload, "A client's connection is closed after this time without a byte from it.");

    /// <summary><c>MATOCS_LISTEN_HOST</c>.</summary>
    public static readonly ConfigurationKey<string> ChunkServerHost = Key(
        "MATOCS_LISTEN_HOST", AddressFormats.ListenHost, "*", ReloadClass.Restart, "Address to listen on for chunkservers; * means any.");

    /// <summary><c>MATOCS_LISTEN_PORT</c>.</summary>
    public static readonly ConfigurationKey<int> ChunkServerPort = Key(
        "MATOCS_LISTEN_PORT", NumberFormats.Port, "9420", ReloadClass.Restart, "Port to listen on for chunkservers.");

    /// <summary><c>MATOCS_TIMEOUT</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> ChunkServerTimeout = Key(
        "MATOCS_TIMEOUT", _timeout, "10", ReloadClass.Reload, "A chunkserver's connection is closed after this time without a byte from it.");

    /// <summary><c>AUTH_CODE</c>.</summary>
    public static readonly ConfigurationKey<string> AuthCode = Key(
        "AUTH_CODE", TextFormats.Text, "", ReloadClass.Reload,
        "Password that chunkservers (and metaloggers) must prove to know. Empty: all may connect. Connections that exist stay.", secret: true);

    /// <summary><c>MATOML_LISTEN_HOST</c>.</summary>
    public static readonly ConfigurationKey<string> MetaloggerHost = Key(
        "MATOML_LISTEN_HOST", AddressFormats.ListenHost, "*", ReloadClass.Restart, "Address to listen on for metaloggers; * means any.");

    /// <summary><c>MATOML_LISTEN_PORT</c>.</summary>
    public static readonly ConfigurationKey<int> MetaloggerPort = Key(
        "MATOML_LISTEN_PORT", NumberFormats.Port, "9419", ReloadClass.Restart, "Port to listen on for metaloggers.");

    /// <summary><c>MATOML_TIMEOUT</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> MetaloggerTimeout = Key(
        "MATOML_TIMEOUT", _timeout, "10", ReloadClass.Reload, "A metalogger's connection is closed after this time without a byte from it.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new(
        "MooseFS ports",
        [
            ClientHost, ClientPort, ClientTimeout, ChunkServerHost, ChunkServerPort, ChunkServerTimeout, AuthCode, MetaloggerHost, MetaloggerPort,
            MetaloggerTimeout,
        ]);
}
