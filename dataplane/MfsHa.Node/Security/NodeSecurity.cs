using MfsHa.Node.Admin;
using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;
using MfsHa.NodeLink.Transport;
using MfsHa.Security;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Security;

/// <summary>What the configuration says about who is let in, made into what the node link and the admin service ask for. Thread-safe.</summary>
public sealed partial class NodeSecurity
{
    private readonly ILogger<NodeSecurity> _logger;
    private readonly WatchedFiles<TlsCredentials>? _tls;
    private readonly WatchedFiles<SharedToken>? _tokenFile;
    private volatile SharedToken _token;

    /// <summary>Reads the files.</summary>
    /// <exception cref="ConfigurationException">One cannot be used; the message says which and why.</exception>
    public NodeSecurity(LoadedConfiguration loaded, ILogger<NodeSecurity> logger, TimeProvider time)
    {
        _logger = logger;
        SecurityConfiguration configuration = loaded.Node.Security;
        _token = TokenOf(configuration);
        try
        {
            _tls = configuration.Tls?.Watch(time, OnChanged, OnFailed);
            _tokenFile = configuration.TokenFile is { } path
                ? new WatchedFiles<SharedToken>([path], contents => SharedToken.Read(path, contents[0]), time, OnChanged, OnFailed)
                : null;
        }
        catch (SecurityFileException e)
        {
            ConfigurationKey<string> key = KeyOf(e.Path, configuration);
            throw new ConfigurationException([new ConfigurationError(loaded.Values.OriginOf(key), key.Name, "a file that can be used", e.Path, e.Reason)]);
        }

        if (_tls?.Current.OwnFlaw() is { } flaw)
        {
            Log.Flaw(logger, flaw);
        }

        Link = _tls is null ? new PlainLink(Token) : new TlsLink(_tls, Token);
        Gate = new AdminGate(_tls, Token);
    }

    /// <summary>For connections between nodes.</summary>
    public ILinkSecurity Link { get; }

    /// <summary>For the admin service.</summary>
    public AdminGate Gate { get; }

    /// <summary>What is in force of certificates for both, read anew where the files have changed; null without TLS.</summary>
    public TlsCredentials? Credentials() => _tls?.Current;

    /// <summary>Takes over a changed MFSHA_AUTH_TOKEN.</summary>
    public void Reload(SecurityConfiguration configuration) => _token = TokenOf(configuration);

    private static ConfigurationKey<string> KeyOf(string path, SecurityConfiguration configuration) =>
        path == configuration.TokenFile ? SecurityKeys.AuthTokenFile
        : path == configuration.Tls?.Certificate ? SecurityKeys.CertificatePath
        : path == configuration.Tls?.Key ? SecurityKeys.KeyPath
        : SecurityKeys.AuthorityPath;

    private static SharedToken TokenOf(SecurityConfiguration configuration) =>
        configuration.Token.Length > 0 && SharedToken.TryParse(configuration.Token, out SharedToken token) ? token : SharedToken.None;

    private SharedToken Token() => _tokenFile?.Current ?? _token;

    private void OnChanged(string files)
    {
        Log.Changed(_logger, files);
        if (_tls?.Current.OwnFlaw() is { } flaw)
        {
            Log.Flaw(_logger, flaw);
        }
    }

    private void OnFailed(string reason) => Log.Failed(_logger, reason);

    private static partial class Log
    {
        [LoggerMessage(60, LogLevel.Information, "security: {Files} changed and are in force for new connections")]
        public static partial void Changed(ILogger logger, string files);

        [LoggerMessage(61, LogLevel.Error, "security: {Reason}; what was read before stays in force")]
        public static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(62, LogLevel.Error, "security: other nodes will not let this one in: {Flaw}")]
        public static partial void Flaw(ILogger logger, string flaw);
    }
}
