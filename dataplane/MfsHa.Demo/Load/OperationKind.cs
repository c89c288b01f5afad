namespace MfsHa.Demo.Load;

/// <summary>What a client does.</summary>
public enum OperationKind
{
    /// <summary>Make or rename a directory: metadata only.</summary>
    Name,

    /// <summary>Create, write and close a file: metadata and chunks.</summary>
    File,
}
