using MfsHa.Protocol;

namespace MfsHa.Node.Exports;

/// <summary>Whether a session may be opened.</summary>
/// <param name="Status">OK, EACCES, NOPASSWORD or BADPASSWORD.</param>
/// <param name="Rule">The rule that gives the session its parameters; null unless OK.</param>
public readonly record struct ExportDecision(StatusCode Status, ExportRule? Rule);
