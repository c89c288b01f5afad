namespace MfsHa.Node.Configuration;

/// <summary>When a changed value of a key takes effect.</summary>
public enum ReloadClass
{
    /// <summary>With <c>mfsha reload</c> (SIGHUP).</summary>
    Reload,

    /// <summary>When the node is started again; a reload names the key in a warning and keeps the old value.</summary>
    Restart,

    /// <summary>Never: decided when the cluster is formed.</summary>
    Formation,
}
