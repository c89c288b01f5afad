namespace MfsHa.FileAgent;

/// <summary>One line from an agent, as JSON.</summary>
/// <param name="Error">The error number of a call that failed, with its text; 0 if none did.</param>
public sealed record AgentReply(int Error = 0, string Text = "", byte[]? Data = null, IReadOnlyList<string>? Names = null, AgentFacts? Facts = null);
