namespace MfsHa.Playground.MooseFs;

/// <summary>How long a client may trust what it has been told.</summary>
public enum CachePolicy
{
    /// <summary>As users mount: names of directories and attributes for a second, attribute lists for half a minute.</summary>
    Default,

    /// <summary>Not at all: every question goes to the metadata service.</summary>
    None,
}
