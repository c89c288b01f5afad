namespace MfsHa.Admin;

/// <summary>How results are printed.</summary>
public enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON document for programs; fields are only ever added.</summary>
    Json,
}
