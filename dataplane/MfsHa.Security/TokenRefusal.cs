namespace MfsHa.Security;

/// <summary>Why a token does not open the door.</summary>
public enum TokenRefusal
{
    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It is another one.</summary>
    Wrong,
}
