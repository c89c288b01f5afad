namespace MfsHa.Node.Admin;

/// <summary>Why an administrative request was not carried out.</summary>
public enum AdminFailure
{
    /// <summary>No such node or group.</summary>
    NotFound,

    /// <summary>It would do harm, or makes no sense in this state.</summary>
    Refused,

    /// <summary>Not now: no quorum, no leader, not formed; worth a retry.</summary>
    Unavailable,
}

/// <summary>An administrative request was not carried out; the message is for the person who made it.</summary>
public sealed class AdminException(AdminFailure failure, string message) : Exception(message)
{
    /// <summary>What kind of failure.</summary>
    public AdminFailure Failure { get; } = failure;
}
