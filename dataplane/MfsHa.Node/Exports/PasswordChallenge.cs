using System.Security.Cryptography;

namespace MfsHa.Node.Exports;

/// <summary>Proof of a password without sending it: MD5(challenge[0..15] || MD5(password) || challenge[16..31]) (client-protocol 2.2).</summary>
public static class PasswordChallenge
{
    /// <summary>Bytes of a challenge.</summary>
    public const int ChallengeLength = 32;

    /// <summary>Bytes of a response, and of a password's digest.</summary>
    public const int ResponseLength = 16;

    /// <summary>True when challenge and response are there at all; a challenge of zeros counts as none, as in mfsmaster.</summary>
    public static bool IsAnswered(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> response) =>
        challenge.Length == ChallengeLength && challenge.ContainsAnyExcept((byte)0) && response.Length == ResponseLength;

    /// <summary>True when the response proves the password. Takes the same time for every wrong one.</summary>
    public static bool IsRight(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> response, ReadOnlySpan<byte> passwordDigest)
    {
        Span<byte> expected = stackalloc byte[ResponseLength];
        Compute(challenge, passwordDigest, expected);
        return CryptographicOperations.FixedTimeEquals(expected, response);
    }

    /// <summary>What a client that knows the password answers.</summary>
    public static void Compute(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> passwordDigest, Span<byte> response)
    {
        Span<byte> message = stackalloc byte[ChallengeLength + ResponseLength];
        challenge[..(ChallengeLength / 2)].CopyTo(message);
        passwordDigest.CopyTo(message[(ChallengeLength / 2)..]);
        challenge[(ChallengeLength / 2)..].CopyTo(message[((ChallengeLength / 2) + ResponseLength)..]);
        Digest(message, response);
    }

#pragma warning disable CA5351 // MD5 is what clients speak.
    /// <summary>MD5.</summary>
    public static void Digest(ReadOnlySpan<byte> data, Span<byte> digest) => MD5.HashData(data, digest);
#pragma warning restore CA5351
}
