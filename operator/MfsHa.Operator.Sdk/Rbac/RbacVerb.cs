namespace MfsHa.Operator.Sdk.Rbac;

/// <summary>What may be done with resources.</summary>
[Flags]
public enum RbacVerb
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read one.</summary>
    Get = 1,

    /// <summary>Read all.</summary>
    List = 2,

    /// <summary>Follow changes.</summary>
    Watch = 4,

    /// <summary>Make one.</summary>
    Create = 8,

    /// <summary>Replace one.</summary>
    Update = 16,

    /// <summary>Change one; server-side apply, too.</summary>
    Patch = 32,

    /// <summary>Delete one.</summary>
    Delete = 64,
}
