using System.Security.Authentication;

namespace MfsHa.Security;

/// <summary>What a failed handshake means, in words for a log.</summary>
public static class TlsFailure
{
    /// <summary>The reason, with what lies under it where that says more.</summary>
    public static string ReasonOf(Exception e)
    {
        string text = e.Message;
        for (Exception? inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (!text.Contains(inner.Message, StringComparison.Ordinal))
            {
                text += ": " + inner.Message;
            }
        }

        return text;
    }

    /// <summary>True when the handshake itself said no, and not the network.</summary>
    public static bool IsRefusal(Exception e) => e is AuthenticationException || (e.InnerException is { } inner && IsRefusal(inner));
}
