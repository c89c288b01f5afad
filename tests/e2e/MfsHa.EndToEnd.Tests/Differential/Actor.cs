namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>Who does an operation; see <see cref="Actors"/> for the ids behind the names.</summary>
internal enum Actor
{
    Root,

    /// <summary>A user with a group of her own, and in the staff group.</summary>
    Alice,

    /// <summary>A user without any other group.</summary>
    Bob,

    /// <summary>A user whose main group is the staff group.</summary>
    Carol,
}
