namespace MfsHa.Testbed.Native;

/// <summary>Error numbers of Linux (asm-generic/errno*.h), only those that the tests speak of.</summary>
public enum Errno
{
    None = 0,
    NotPermitted = 1,
    NoEntry = 2,
    Io = 5,
    BadDescriptor = 9,
    Again = 11,
    Access = 13,
    Busy = 16,
    Exists = 17,
    CrossDevice = 18,
    NotDirectory = 20,
    IsDirectory = 21,
    Invalid = 22,
    TooBig = 27,
    NoSpace = 28,
    ReadOnly = 30,
    TooManyLinks = 31,
    Range = 34,
    NameTooLong = 36,
    NotSupportedCall = 38,
    NotEmpty = 39,
    TooManySymlinks = 40,
    NoData = 61,
    NotSupported = 95,
    NotConnected = 107,
    Stale = 116,
}
