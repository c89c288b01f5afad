namespace MfsHa.Gateway;

/// <summary>The settings in force. Thread-safe.</summary>
public sealed class SettingsInForce(GatewaySettings first)
{
    private volatile GatewaySettings current = first;

    /// <summary>The settings of now; who asks later may get others.</summary>
    public GatewaySettings Current
    {
        get => current;
        set => current = value;
    }
}
