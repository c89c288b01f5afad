namespace MfsHa.Admin.ObjectStores;

/// <summary>What a store knows its caller by.</summary>
/// <param name="Id">Access key id.</param>
/// <param name="Secret">Its secret.</param>
/// <param name="Session">Token of a session; null: none.</param>
public sealed record S3Keys(string Id, string Secret, string? Session)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => Id;
}
