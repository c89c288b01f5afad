using System.Security.Cryptography;
using System.Text;

namespace MfsHa.Security;

/// <summary>
/// The token that nodes and administrators of one cluster share. There may be several while it is replaced: the first is shown to others, all are accepted. Immutable.
/// </summary>
public sealed class SharedToken
{
    /// <summary>Longest token, characters.</summary>
    public const int MaxLength = 512;

    /// <summary>Shorter ones can be guessed.</summary>
    public const int AdvisedLength = 16;

    /// <summary>Tokens that may be accepted at a time.</summary>
    public const int MaxTokens = 8;

    private readonly byte[][] _digests;

    private SharedToken(IReadOnlyList<string> tokens)
    {
        Own = tokens.Count == 0 ? null : tokens[0];
        _digests = [.. tokens.Select(static token => Digest(Encoding.ASCII.GetBytes(token)))];
        ShortestLength = tokens.Count == 0 ? 0 : tokens.Min(static token => token.Length);
    }

    /// <summary>No token: everybody is let in.</summary>
    public static SharedToken None { get; } = new([]);

    /// <summary>What this program shows to others; null for nothing.</summary>
    public string? Own { get; }

    /// <summary>Length of the shortest one.</summary>
    public int ShortestLength { get; }

    /// <summary>True when others have to show it.</summary>
    public bool IsWanted => _digests.Length > 0;

    /// <summary>Reads tokens that are separated by white space. False when there is something else than 1..<see cref="MaxTokens"/> of them, or one with other characters than printable ASCII.</summary>
    public static bool TryParse(string text, out SharedToken token)
    {
        string[] tokens = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool isRight = tokens.Length is > 0 and <= MaxTokens && tokens.All(static t => t.Length <= MaxLength && t.All(static c => c is > ' ' and < '\x7F'));
        token = isRight ? new SharedToken(tokens) : None;
        return isRight;
    }

    /// <summary>The tokens of a file, as <see cref="WatchedFiles{T}"/> wants to have them made.</summary>
    /// <exception cref="SecurityFileException">There are none.</exception>
    public static SharedToken Read(string path, ReadOnlySpan<byte> content) =>
        TryParse(Encoding.Latin1.GetString(content), out SharedToken token)
            ? token
            : throw new SecurityFileException(path, $"expected 1 to {MaxTokens} tokens, one a line, of at most {MaxLength} printable ASCII characters without spaces");

    /// <summary>Why a caller with this token, or without one, is not let in; null when it is. Takes the same time for every wrong token of a length.</summary>
    public TokenRefusal? Judge(ReadOnlySpan<byte> shown)
    {
        if (!IsWanted)
        {
            return null;
        }

        if (shown.IsEmpty)
        {
            return TokenRefusal.Missing;
        }

        // Digests have one length; all are compared, whichever fits.
        byte[] digest = Digest(shown);
        bool fits = false;
        foreach (byte[] known in _digests)
        {
            fits |= CryptographicOperations.FixedTimeEquals(known, digest);
        }

        return fits ? null : TokenRefusal.Wrong;
    }

    private static byte[] Digest(ReadOnlySpan<byte> token) => SHA256.HashData(token);
}
