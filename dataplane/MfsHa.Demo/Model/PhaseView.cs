namespace MfsHa.Demo.Model;

/// <summary>One line of the list of phases.</summary>
/// <param name="Title">What it does.</param>
/// <param name="State">How far it is.</param>
/// <param name="Took">Its time until now, or until its end.</param>
public sealed record PhaseView(string Title, PhaseState State, TimeSpan Took);
